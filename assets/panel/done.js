// Removes the message of an action from the address, so that a reload does not show it again.
const address = new URL(location.href);
if (address.searchParams.has("done")) {
  for (const name of ["done", "of", "version", "count", "bulk"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}
