// What this browser remembers of how the panel was arranged; nothing where storage is forbidden.
export const recall = (name) => {
  try {
    return localStorage.getItem(`panel:${name}`);
  } catch {
    return null;
  }
};
export const remember = (name, value) => {
  try {
    localStorage.setItem(`panel:${name}`, value);
  } catch {
    // It is forgotten with the page.
  }
};
