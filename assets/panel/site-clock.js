// Dates in the time zone of the site, whatever the time zone of the browser is.
export const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// Year, month, day, hour and minute at this moment in a time zone.
export function today(timeZone) {
  const clocks = new Intl.DateTimeFormat("en-GB", {
    timeZone, hourCycle: "h23",
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  const parts = Object.fromEntries(clocks.formatToParts(new Date()).map(({ type, value }) => [type, value]));
  return [parts.year, parts.month, parts.day, parts.hour, parts.minute];
}

// The number of a day, for differences between days.
export const day = ([year, month, date]) => Date.UTC(year, month - 1, date) / 864e5;
