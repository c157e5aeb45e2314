// Requests of scripts to this site.

/** An address of this site. In a page that was opened as http://user:password@host/ every address has them, and fetch throws. */
export const own = (address) => {
  const url = new URL(address, location.href);
  [url.username, url.password] = ["", ""];
  return url;
};

export const fetchOwn = (address, options) => fetch(own(address), options);
