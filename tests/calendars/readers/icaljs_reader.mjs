// Read an iCalendar file with ical.js (Thunderbird's parser) and tell what it understood, as JSON.
// `node icaljs_reader.mjs MODULE FILE`, where MODULE is the path of ical.js.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));
const root = new ICAL.Component(ICAL.parse(readFileSync(process.argv[3], "utf8")));
// Only the zones of the file: nothing that ical.js might know by itself.
ICAL.TimezoneService.reset();
for (const zone of root.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone));
}
const events = root.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    sequence: event.sequence,
    status: component.getFirstPropertyValue("status").toLowerCase(),
    summary: event.summary,
    description: event.description ?? "",
    location: event.location ?? "",
    starts_at: event.startDate.toJSDate().toISOString(),
    ends_at: event.endDate.toJSDate().toISOString(),
    zone: event.startDate.zone.tzid,
  };
});
console.log(JSON.stringify({ name: root.getFirstPropertyValue("name"), events }));
