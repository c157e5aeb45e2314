// Takes the message of an action out of the address: a reload does not say it again.
const address = new URL(location.href);
if (address.searchParams.has("done")) {
  for (const name of ["done", "of", "version", "count", "bulk"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}
