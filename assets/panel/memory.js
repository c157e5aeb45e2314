// The arrangement of the panel, remembered by this browser; nothing is remembered where storage is forbidden.
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
    // The value is lost with the page.
  }
};
