"use strict";
/* The map of one scenario on one day: borders, roads by state, crossings, people as circles, who went which way. */

const SIDES = [[1, 0], [-1, 0], [0, 1], [0, -1], [0.8, 0.8], [0.8, -0.8], [-0.8, 0.8], [-0.8, -0.8]];
const LETTERS = 12; // pixels
const ruler = document.createElement("canvas").getContext("2d");

class MapView {
  constructor(host, scenario, chosen) {
    this.host = host;
    this.scenario = scenario;
    this.chosen = chosen; // called with {kind, id} when something is clicked
    this.shown = { measure: "moved_since", traffic: "people" };
    this.view = scenario.view;
    this.places = new Map(scenario.places.map((place) => [place.id, place]));
    this.svg = make("svg:svg", { role: "img", class: "map", tabindex: "-1" });
    this.svg.addEventListener("click", (event) => this.clicked(event));
    this.dragging();
    host.append(this.svg);
  }

  /** Pixels of a point in kilometres. */
  at([x, y]) {
    return [(x - this.west) * this.scale, (y - this.north) * this.scale];
  }

  fit() {
    const [west, north, east, south] = this.view;
    this.width = Math.max(this.host.clientWidth, 200);
    const wanted = (this.width * (south - north)) / (east - west);
    this.height = Math.round(Math.min(Math.max(wanted, 260), this.width * 1.1, 560));
    this.scale = Math.min(this.width / (east - west), this.height / (south - north));
    this.west = (west + east) / 2 - this.width / 2 / this.scale;
    this.north = (north + south) / 2 - this.height / 2 / this.scale;
  }

  /** People of a place on a day, as the circles show them: abroad, those who came. */
  people(place, day) {
    const stocks = place.people;
    const name = this.shown.measure === "moved_since" && !stocks.moved_since ? "refugees" : this.shown.measure;
    return stocks[name] ? on(stocks[name], day) : null;
  }

  /** The largest middle over all days, so that circles can be compared from day to day. */
  most() {
    let most = 0;
    for (const place of this.scenario.places)
      for (let day = 0; day < this.scenario.days.length; day++) {
        const points = this.people(place, day);
        if (points) most = Math.max(most, drawn(points[1]) || 0);
      }
    return most;
  }

  radius(count) {
    const largest = this.width < 500 ? 18 : 26;
    return this.largest > 0 && count > 0 ? largest * Math.sqrt(count / this.largest) : 0;
  }

  draw(day, selected = null) {
    this.day = day;
    this.selected = selected;
    this.fit();
    this.largest = this.most();
    const svg = this.svg;
    svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    svg.setAttribute("height", this.height);
    svg.setAttribute("aria-label", say("map_label", { day: dayWords(this.scenario.days[day]) }));
    this.taken = [];
    svg.replaceChildren(this.borders(), this.ways(), this.circles(), this.arrows(), this.gates(), this.names(),
                        this.scaleBar());
  }

  borders() {
    const group = make("svg:g", { class: "borders" });
    for (const line of this.scenario.borders) group.append(make("svg:path", { d: this.path(line) }));
    return group;
  }

  path(points) {
    return "M" + points.map((point) => this.at(point).map((x) => x.toFixed(1)).join(" ")).join("L");
  }

  ways() {
    const group = make("svg:g", { class: "ways" });
    for (const way of this.scenario.ways) {
      if (way.kind === "crossing") continue;
      const ends = way.ends.map((id) => this.at(this.places.get(id).xy));
      const state = stateOn(way.changes, this.day)[this.shown.traffic === "people" ? 1 : 2];
      const about = { x1: ends[0][0], y1: ends[0][1], x2: ends[1][0], y2: ends[1][1], "data-way": way.id };
      const [x, y] = [(ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2];
      const part = make("svg:g", { class: `way ${state}${this.isSelected(way.id) ? " selected" : ""}` },
        make("svg:line", { ...about, class: "grip" }), make("svg:line", about),
        make("svg:title", {}, `${way.name}: ${say(state)}`));
      if (state === "closed") part.append(make("svg:path", { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, class: "cross" }));
      if (state === "unknown") part.append(make("svg:text", { x, y: y + 4, class: "query" }, "?"));
      group.append(part);
    }
    return group;
  }

  isSelected(id) {
    return this.selected !== null && this.selected.id === id;
  }

  arrows() {
    const group = make("svg:g", { class: "arrows" });
    const flows = this.scenario.arrows.map((arrow) => ({ arrow, count: drawn(on(arrow.people, this.day)[1]) || 0 }));
    const last = this.scenario.arrows.map((arrow) => Math.max(...arrow.people[1].map((cell) => drawn(cell) || 0)));
    const most = Math.max(1, ...last);
    for (const { arrow, count } of flows) {
      if (count <= 0) continue;
      const [a, b] = [this.at(arrow.from), this.at(arrow.to)];
      const wide = 1.5 + (9 * count) / most;
      const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
      const length = Math.max(Math.hypot(dx, dy), 1);
      const bend = [(a[0] + b[0]) / 2 + 0.2 * dy, (a[1] + b[1]) / 2 - 0.2 * dx];
      const along = [(b[0] - bend[0]), (b[1] - bend[1])];
      const unit = along.map((v) => v / Math.max(Math.hypot(...along), 1));
      const head = Math.min(6 + wide, length / 2);
      const neck = [b[0] - unit[0] * head, b[1] - unit[1] * head];
      const half = head * 0.6;
      const points = [b, [neck[0] - unit[1] * half, neck[1] + unit[0] * half], [neck[0] + unit[1] * half, neck[1] - unit[0] * half]];
      group.append(make("svg:g", { class: "arrow" },
        make("svg:path", { d: `M${a}Q${bend} ${neck}`, "stroke-width": wide }),
        make("svg:polygon", { points: points.map((p) => p.join(",")).join(" ") }),
        make("svg:title", {}, `${arrow.start} – ${arrow.end}: ${ranged(on(arrow.people, this.day))}`)));
    }
    return group;
  }

  circles() {
    const group = make("svg:g", { class: "circles" });
    const ordered = this.scenario.places.map((place) => ({ place, points: this.people(place, this.day) }));
    ordered.sort((a, b) => (b.points ? drawn(b.points[1]) || 0 : 0) - (a.points ? drawn(a.points[1]) || 0 : 0));
    for (const { place, points } of ordered) {
      const [x, y] = this.at(place.xy);
      const count = points ? drawn(points[1]) : 0;
      const r = this.radius(count);
      const access = stateOn(place.access, this.day);
      const status = access ? access[1] : "";
      const ring = Math.max(r, 3) + 3;
      const part = make("svg:g", { class: `place ${status}${this.isSelected(place.id) ? " selected" : ""}`, "data-place": place.id });
      part.append(make("svg:circle", { cx: x, cy: y, r: Math.max(r, 9), class: "grip" }));
      if (Number.isNaN(count)) part.append(make("svg:text", { x, y: y + 4, class: "query" }, "?"));
      else part.append(make("svg:circle", { cx: x, cy: y, r: Math.max(r, 2.2), class: r > 0 ? "disc" : "dot" }));
      if (status === "besieged" || status === "hard_to_reach" || status === "unknown") {
        part.append(make("svg:circle", { cx: x, cy: y, r: ring, class: "ring" }));
        if (status === "besieged") part.append(make("svg:circle", { cx: x, cy: y, r: ring + 4, class: "ring" }));
      }
      const told = points ? ranged(points) : say(place.country === this.scenario.country ? "nobody" : "nobody_came");
      part.append(make("svg:title", {}, `${place.name}: ${told}${status ? `; ${say(status)}` : ""}`));
      group.append(part);
      if (r > 4) this.taken.push([x - r * 0.8, y - r * 0.8, x + r * 0.8, y + r * 0.8]);
    }
    return group;
  }

  /** Crossings: a square in the middle of the way; its left half is for people, its right half for aid. */
  gates() {
    const group = make("svg:g", { class: "gates" });
    for (const way of this.scenario.ways) {
      if (way.kind !== "crossing") continue;
      const [a, b] = way.ends.map((id) => this.at(this.places.get(id).xy));
      const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      const state = stateOn(way.changes, this.day);
      const part = gateMark(x, y, state[1], state[2]);
      part.setAttribute("data-way", way.id);
      if (this.isSelected(way.id)) part.classList.add("selected");
      part.append(make("svg:title", {}, `${way.name}: ${say("for_people")} ${say(state[1])}; ${say("for_aid")} ${say(state[2])}`));
      group.append(part);
      this.taken.push([x - 10, y - 10, x + 10, y + 10]);
    }
    return group;
  }

  /** Names where they find room: the chosen place first, then those cut off from aid, then those with most people. */
  names() {
    const group = make("svg:g", { class: "names" });
    ruler.font = `${LETTERS}px sans-serif`;
    const posts = new Set(this.scenario.ways.filter((way) => way.kind === "crossing").flatMap((way) => way.ends));
    const rank = (place) => {
      const points = this.people(place, this.day);
      const access = stateOn(place.access, this.day);
      const off = access && (access[1] === "besieged" || access[2] === "cut");
      return (this.isSelected(place.id) ? 1e12 : off ? 1e11 : 0) + (posts.has(place.id) ? this.largest / 20 : 0)
        + ((points && drawn(points[1])) || 0);
    };
    const ordered = [...this.scenario.places].sort((a, b) => rank(b) - rank(a));
    const most = this.width < 500 ? 8 : 18;
    let placed = 0;
    for (const place of ordered) {
      if (placed >= most || rank(place) <= 0) break;
      const [x, y] = this.at(place.xy);
      const points = this.people(place, this.day);
      const status = (stateOn(place.access, this.day) ?? [])[1];
      const ring = status === "besieged" ? 9 : status === "hard_to_reach" || status === "unknown" ? 5 : 2;
      const gap = Math.max(this.radius((points && drawn(points[1])) || 0), 3) + ring + 2;
      const shown = place.name.length > 28 ? place.name.slice(0, 27) + "…" : place.name;
      const wide = ruler.measureText(shown).width;
      for (const [across, up] of SIDES) {
        const left = x + across * gap - (across > 0 ? 0 : across < 0 ? wide : wide / 2);
        const top = y + up * (gap + (across ? 0 : LETTERS / 2)) - LETTERS / 2;
        const box = [left - 2, top - 1, left + wide + 2, top + LETTERS + 2];
        if (box[0] < 0 || box[1] < 0 || box[2] > this.width || box[3] > this.height) continue;
        if (this.taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
        this.taken.push(box);
        group.append(make("svg:text", { x: left, y: top + LETTERS - 1, class: "name", "data-place": place.id }, make("svg:tspan", {}, shown)));
        placed += 1;
        break;
      }
    }
    return group;
  }

  scaleBar() {
    const wanted = (this.width * 0.18) / this.scale;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const length = [5, 2, 1].map((step) => step * power).find((step) => step <= wanted) ?? power;
    const [x, y, wide] = [12, this.height - 14, length * this.scale];
    return make("svg:g", { class: "scale" },
      make("svg:path", { d: `M${x} ${y - 4}v4h${wide}v-4` }),
      make("svg:text", { x: x + wide / 2, y: y - 6 }, `${grouped(length)} ${say("km")}`),
      make("svg:path", { d: `M${this.width - 18} 26v-16m-4 6l4 -6l4 6` }),
      make("svg:text", { x: this.width - 18, y: 38 }, say("north")));
  }

  clicked(event) {
    if (this.moved) return;
    const place = event.target.closest("[data-place]");
    const way = event.target.closest("[data-way]");
    if (place) this.chosen({ kind: "place", id: place.dataset.place });
    else if (way) this.chosen({ kind: "way", id: way.dataset.way });
  }

  zoom(factor) {
    const [west, north, east, south] = this.view;
    const focus = this.selected && this.selected.kind === "place" ? this.places.get(this.selected.id).xy : [(west + east) / 2, (north + south) / 2];
    const half = [((east - west) / 2) * factor, ((south - north) / 2) * factor];
    if (half[0] < 1 || half[0] > 5000) return;
    this.view = [focus[0] - half[0], focus[1] - half[1], focus[0] + half[0], focus[1] + half[1]];
    this.draw(this.day, this.selected);
  }

  whole() {
    const [x, y] = [0, 1].map((axis) => this.scenario.places.map((place) => place.xy[axis]));
    const room = 15;
    this.view = [Math.min(...x) - room, Math.min(...y) - room, Math.max(...x) + room, Math.max(...y) + room];
    this.draw(this.day, this.selected);
  }

  /** The map follows the pointer. */
  dragging() {
    let from = null;
    this.svg.addEventListener("pointerdown", (event) => { from = [event.clientX, event.clientY, this.view]; this.moved = false; });
    this.svg.addEventListener("pointermove", (event) => {
      if (!from || event.pointerType === "touch") return;
      const [dx, dy] = [event.clientX - from[0], event.clientY - from[1]];
      if (!this.moved && Math.hypot(dx, dy) < 5) return;
      this.moved = true;
      const [west, north, east, south] = from[2];
      const [x, y] = [dx / this.scale, dy / this.scale];
      this.view = [west - x, north - y, east - x, south - y];
      this.draw(this.day, this.selected);
    });
    for (const end of ["pointerup", "pointerleave"]) this.svg.addEventListener(end, () => { from = null; });
  }
}

/** The mark of a crossing, at a point. */
function gateMark(x, y, people, aid) {
  const part = make("svg:g", { class: "gate" });
  for (const [state, left] of [[people, x - 8], [aid, x]]) {
    part.append(make("svg:rect", { x: left, y: y - 7, width: 8, height: 14, class: state }));
    if (state === "closed") part.append(make("svg:path", { d: `M${left + 2} ${y - 3}l4 6m0 -6l-4 6`, class: "cross" }));
    if (state === "unknown") part.append(make("svg:text", { x: left + 4, y: y + 4, class: "query" }, "?"));
  }
  return part;
}
