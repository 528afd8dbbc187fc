"use strict";
/* What is said of a place, a crossing or a road on the chosen day, with a small chart of all days. */

const WORST = ["besieged", "hard_to_reach", "unknown"];

/** While nothing is chosen: the places that aid reaches worst on the day, each to be chosen; those that are cut first. */
function firstPanel(scenario, day, choose) {
  const parts = [make("p", { class: "unprinted" }, say("nothing_chosen"))];
  const rank = ([, access]) => 2 * WORST.indexOf(access[1]) + (access[2] === "cut" ? 0 : 1);
  const found = scenario.places.map((place) => [place, stateOn(place.access, day)])
    .filter(([, access]) => access && WORST.includes(access[1])).sort((a, b) => rank(a) - rank(b));
  if (!found.length) return parts;
  return [...parts, make("h4", {}, say("worst_reached")), make("ul", { class: "worst" }, ...found.map(([place]) =>
    make("li", {}, make("button", { type: "button", onclick: () => choose(place.id) }, place.name),
         ` ${accessWords(scenario, place, day)}`)))];
}

function placePanel(scenario, place, day) {
  const parts = [make("h4", {}, place.name), facts([
    [say("kind"), place.kind],
    [say("area"), place.area],
    [say("held_by"), place.party || say("not_known")],
    place.capacity === null ? null : [say("capacity"), grouped(place.capacity)],
  ])];
  const access = stateOn(place.access, day);
  if (access) {
    parts.push(facts([
      [say("access"), accessWords(scenario, place, day)],
      [say("why"), access[3] ? `${dayWords(scenario.days[access[0]])}: ${access[3]}` : say("not_known")], // said on that day
    ]));
  }
  for (const [name, series] of Object.entries(place.people))
    parts.push(...stock(scenario, series, day, stockWords(name), name, place.name, place.capacity));
  if (!Object.keys(place.people).length) parts.push(make("p", {}, say(place.country === scenario.country ? "nobody" : "nobody_came")));
  return parts;
}

function wayPanel(scenario, way, day) {
  const [, , , people, aid, why, source] = stateOn(way.changes, day);
  const parts = [make("h4", {}, way.name), facts([
    [say("for_people"), stateWords(people)],
    [say("for_aid"), stateWords(aid)],
    [say("so_it_is"), sinceWords(scenario, way.changes, day)],
    why ? [say("why"), why] : null,
    why ? [say("source"), source || say("no_source")] : null,
  ])];
  for (const part of scenario.crossings[way.id] ?? []) {
    parts.push(make("h5", {}, say("toward", part)));
    for (const name of ["joined", "crossed", "waiting"])
      parts.push(...stock(scenario, part[name], day, say(name), name, way.name, null));
    const ceiling = part.ceiling[day];
    if (ceiling !== null) parts.push(facts([[say("ceiling"), grouped(ceiling)]]));
  }
  return parts;
}

/** The state of a road in the words of the language: "open", or "to Azaz restricted, to Afrin open". */
function stateWords(text) {
  return text.replace(/\b(open|restricted|closed|unknown)\b/g, (word) => say(word));
}

function stockWords(name) {
  return WORDS[`stock_${name}`] ?? DATA.stocks[name] ?? say(name);
}

/** Since when things are as they are on a day; or only what stands in one column of the changes. */
function sinceWords(scenario, changes, day, column = null) {
  let at = changes.indexOf(stateOn(changes, day));
  while (column !== null && at > 0 && changes[at - 1][column] === changes[at][column]) at -= 1;
  return say(changes[at][0] === 0 ? "since_start" : "since", { day: dayWords(scenario.days[changes[at][0]]) });
}

/** The class of a place and how it is reached on the day, each with the day since when it is so. */
function accessWords(scenario, place, day) {
  const [, status, today] = stateOn(place.access, day);
  const since = (column) => sinceWords(scenario, place.access, day, column);
  return `${say(status)}, ${since(1)}; ${say("today", { state: say(today) })}, ${since(2)}`;
}

function facts(rows) {
  const list = make("dl", {});
  for (const row of rows) if (row) list.append(make("div", {}, make("dt", {}, row[0]), make("dd", {}, row[1])));
  return list;
}

/** A number with its range, a small chart of all days, and the same as a table. */
function stock(scenario, series, day, title, name, of, capacity) {
  const said = make("p", { class: "stock", "data-stock": name },
    make("bdi", {}, `${title}: `), make("strong", { dir: "auto" }, ranged(on(series, day))));
  const rows = scenario.days.map((iso, d) => [iso, ...on(series, d).map(plain)]);
  const table = folded(say("numbers_of", { name: `${of}: ${title}` }), () =>
    tableOf([say("date"), say("low"), say("middle"), say("high")], rows, `${of}: ${title}`));
  return [said, spark(scenario, series, day, `${of}: ${title}`, capacity), table];
}

/** A cell of a table as it stands in the CSV. */
function plain(cell) {
  return cell === null || cell === undefined ? "" : cell === FEW ? "<50" : String(cell);
}

function spark(scenario, series, day, title, capacity) {
  const [wide, high, room] = [300, 70, 4];
  const cells = series.map((line) => line.map(drawn));
  const most = Math.max(1, ...cells.flat().filter((v) => !Number.isNaN(v)), capacity ?? 0);
  const x = (d) => room + ((wide - 2 * room) * d) / Math.max(scenario.days.length - 1, 1);
  const y = (v) => high - room - ((high - 2 * room) * v) / most;
  const svg = make("svg:svg", { viewBox: `0 0 ${wide} ${high}`, class: "spark", role: "img", "aria-label": `${title}. ${say("band")}` });
  for (const [from, to] of knownSpans(cells)) {
    const days = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const up = days.map((d) => `${x(d).toFixed(1)} ${y(cells[2][d]).toFixed(1)}`);
    const down = [...days].reverse().map((d) => `${x(d).toFixed(1)} ${y(cells[0][d]).toFixed(1)}`);
    svg.append(make("svg:path", { d: `M${up.join("L")}L${down.join("L")}Z`, class: "band" }));
    svg.append(make("svg:path", { d: `M${days.map((d) => `${x(d).toFixed(1)} ${y(cells[1][d]).toFixed(1)}`).join("L")}`, class: "line" }));
  }
  if (capacity !== null) svg.append(make("svg:path", { d: `M${room} ${y(capacity)}H${wide - room}`, class: "capacity" }));
  svg.append(make("svg:path", { d: `M${x(day)} ${room}V${high - room}`, class: "today" }));
  return svg;
}

/** First and last day of each unbroken stretch of days on which all points are known. */
function knownSpans(cells) {
  const spans = [];
  for (let d = 0; d < cells[1].length; d++) {
    if (cells.some((line) => Number.isNaN(line[d]))) continue;
    if (spans.length && spans[spans.length - 1][1] === d - 1) spans[spans.length - 1][1] = d;
    else spans.push([d, d]);
  }
  return spans;
}
