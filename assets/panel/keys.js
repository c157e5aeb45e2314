// Whether a key event is Ctrl or Cmd with a letter. On keyboards of other scripts, the position of the key counts.
export const isCommand = (event, letter) => (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey
  && (/^[a-z]$/i.test(event.key) ? event.key.toLowerCase() === letter : event.code === `Key${letter.toUpperCase()}`);
