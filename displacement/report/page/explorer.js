"use strict";
/* The map with its slider, its choices and its panel; and the tabs of scenarios. */

class Explorer {
  constructor(host, scenario, clock) {
    this.host = host;
    this.scenario = scenario;
    this.clock = clock;
    this.selected = null;
    this.find("controls").hidden = false;
    this.map = new MapView(this.find("map"), scenario, (chosen) => this.choose(chosen));
    this.slider = this.find("slider");
    this.slider.max = scenario.days.length - 1;
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.find("back").addEventListener("click", () => this.go(this.day - 1));
    this.find("on").addEventListener("click", () => this.go(this.day + 1));
    this.find("play").addEventListener("click", () => this.play());
    this.find("closer").addEventListener("click", () => this.map.zoom(0.6));
    this.find("farther").addEventListener("click", () => this.map.zoom(1 / 0.6));
    this.find("whole").addEventListener("click", () => this.map.whole());
    for (const name of ["measure", "traffic"])
      this.find(name).addEventListener("change", (event) => { this.map.shown[name] = event.target.value; this.draw(); });
    this.sorting = { by: null, down: false, all: false };
    this.list();
    this.find("key").replaceChildren(...keyOf(this.scenario));
    this.table = folded("", () => this.dayTable());
    this.find("table").append(this.table);
  }

  find(name) {
    return this.host.querySelector(`[data-part="${name}"]`);
  }

  /** The list from which places, crossings and roads are chosen with the keyboard. */
  list() {
    const select = this.find("choose");
    const named = (a, b) => a[1].localeCompare(b[1]);
    const groups = [
      ["places", this.scenario.places.map((place) => [`place ${place.id}`, place.name])],
      ["crossings", this.scenario.ways.filter((way) => way.kind === "crossing").map((way) => [`way ${way.id}`, way.name])],
      ["roads", this.scenario.ways.filter((way) => way.kind !== "crossing").map((way) => [`way ${way.id}`, way.name])],
    ];
    for (const [key, entries] of groups)
      if (entries.length)
        select.append(make("optgroup", { label: say(key) }, ...entries.sort(named).map(([value, name]) => make("option", { value }, name))));
    select.addEventListener("change", () => {
      const [kind, ...id] = select.value.split(" ");
      this.choose(select.value ? { kind, id: id.join(" ") } : null);
    });
  }

  choose(chosen) {
    this.selected = chosen;
    this.find("choose").value = chosen ? `${chosen.kind} ${chosen.id}` : "";
    this.draw();
  }

  go(day) {
    this.day = Math.min(Math.max(day, 0), this.scenario.days.length - 1);
    this.clock.day = this.scenario.days[this.day];
    this.draw();
  }

  /** Step through the days, from the first one again if the last is shown. */
  play() {
    const button = this.find("play");
    if (this.timer) return this.stop();
    button.textContent = say("pause");
    if (this.day >= this.scenario.days.length - 1) this.go(0);
    this.timer = setInterval(() => {
      this.go(this.day + 1);
      if (this.day >= this.scenario.days.length - 1) this.stop();
    }, 400);
    return undefined;
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.find("play").textContent = say("play");
  }

  show() {
    const day = this.scenario.days.indexOf(this.clock.day);
    this.day = day >= 0 ? day : this.scenario.days.length - 1;
    this.draw();
  }

  draw() {
    const iso = this.scenario.days[this.day];
    this.slider.value = this.day;
    this.slider.setAttribute("aria-valuetext", dayWords(iso));
    this.find("day").textContent = dayWords(iso);
    this.map.draw(this.day, this.selected);
    this.panel();
    this.events(iso);
    this.table.firstChild.textContent = say("map_table", { day: dayWords(iso) });
    if (this.table.open) this.table.replaceChildren(this.table.firstChild, this.dayTable());
    else this.table.replaceChildren(this.table.firstChild);
  }

  panel() {
    const chosen = this.selected;
    const open = new Set([...this.find("panel").querySelectorAll("details[open] > summary")].map((s) => s.textContent));
    const pool = chosen === null ? [] : chosen.kind === "place" ? this.scenario.places : this.scenario.ways;
    const found = pool.find((thing) => thing.id === chosen?.id);
    const parts = !found ? firstPanel(this.scenario, this.day, (id) => this.choose({ kind: "place", id }))
      : chosen.kind === "place" ? placePanel(this.scenario, found, this.day) : wayPanel(this.scenario, found, this.day);
    this.find("panel").replaceChildren(...parts);
    for (const summary of this.find("panel").querySelectorAll("summary"))
      if (open.has(summary.textContent)) summary.parentNode.open = true;
  }

  events(iso) {
    const mine = this.scenario.events.filter(([day]) => day === this.day);
    const day = dayWords(iso);
    this.find("events").replaceChildren(
      make("p", {}, mine.length ? say(this.day === 0 ? "events_first" : "events_today", { day }) : say("no_events", { day })),
      ...(mine.length ? [make("ul", {}, ...mine.map(([, what, source]) =>
        make("li", {}, what, " ", make("span", { class: "source" }, source || say("no_source")))))] : []));
  }

  /** The same as the map shows: a row a place. */
  dayTable() {
    const names = ["residents", "displaced", "moved_since", "refugees"].filter((name) => this.scenario.places.some((place) => place.people[name]));
    const heads = names.flatMap((name) => [stockWords(name), `${stockWords(name)}: ${say("low")}`, `${stockWords(name)}: ${say("high")}`]);
    const rows = this.scenario.places.map((place) => {
      const access = stateOn(place.access, this.day);
      const counts = names.flatMap((name) => {
        const none = isCounted(this.scenario, place, name) ? 0 : null; // those who live abroad are not in the model
        const points = place.people[name] ? on(place.people[name], this.day) : [none, none, none];
        return [points[1], points[0], points[2]].map(plain);
      });
      return [place.name, access ? say(access[1]) : "", ...counts];
    });
    return tableOf([say("place"), say("access"), ...heads], rows, say("map_table", { day: dayWords(this.scenario.days[this.day]) }), this.sorting);
  }
}

/** Is a stock counted at a place? Abroad, only people who came are; in the country, all others. */
function isCounted(scenario, place, name) {
  return (place.country === scenario.country) === (name !== "refugees");
}

/** The key of the map: marks as they are drawn, each with its words. */
function keyOf(scenario) {
  const mark = (draw, words) => {
    const svg = make("svg:svg", { width: 36, height: 20, "aria-hidden": "true", class: "map" });
    svg.append(...draw);
    return make("li", {}, svg, words);
  };
  const road = (state, ...extra) => mark([make("svg:g", { class: `way ${state}` }, make("svg:line", { x1: 2, y1: 10, x2: 34, y2: 10 }), ...extra)], say("road_key", { state: say(state) }));
  const ring = (status) => mark([make("svg:g", { class: `place ${status}` }, make("svg:circle", { cx: 18, cy: 10, r: 5, class: "ring" }),
    ...(status === "besieged" ? [make("svg:circle", { cx: 18, cy: 10, r: 9, class: "ring" })] : []))], say("access_key", { state: say(status) }));
  const cross = make("svg:path", { d: "M14 6l8 8m0 -8l-8 8", class: "cross" });
  const query = make("svg:text", { x: 18, y: 14, class: "query" }, "?");
  return [
    mark([make("svg:g", { class: "place" }, make("svg:circle", { cx: 18, cy: 10, r: 7, class: "disc" }))], say("people")),
    ...["besieged", "hard_to_reach", "unknown"].map(ring),
    road("open"), road("restricted"), road("closed", cross), road("unknown", query),
    ...(scenario.ways.some((way) => way.kind === "crossing") ? [mark([gateMark(18, 10, "closed", "open")], say("crossing_key"))] : []),
    ...(scenario.arrows.length ? [mark([make("svg:g", { class: "arrow" }, make("svg:path", { d: "M2 10H24", "stroke-width": 5 }), make("svg:polygon", { points: "34,10 24,4 24,16" }))],
      say("arrow_key", { first: dayWords(scenario.days[0]) }))] : []),
  ];
}

/** Tabs: arrow keys move between them, as the pattern for tabs has it. */
function tabs(explorers) {
  const buttons = [...document.querySelectorAll("[role=tab]")];
  const panels = [...document.querySelectorAll("[data-panel]")];
  const filled = new Set();
  function select(index, focus) {
    explorers.forEach((explorer) => explorer.stop());
    buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", i === index);
      button.tabIndex = i === index ? 0 : -1;
    });
    panels.forEach((panel, i) => { panel.hidden = i !== index; });
    if (!filled.has(index)) fillPanel(panels[index], DATA.scenarios[index]);
    filled.add(index);
    explorers[index].show();
    if (focus) buttons[index].focus();
  }
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => select(i, false));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const turned = document.documentElement.dir === "rtl" ? -1 : 1;
      if (step) { event.preventDefault(); select((i + step * turned + buttons.length) % buttons.length, true); }
      if (event.key === "Home") { event.preventDefault(); select(0, true); }
      if (event.key === "End") { event.preventDefault(); select(buttons.length - 1, true); }
    });
  });
  select(0, false);
  let last = 0;
  window.addEventListener("resize", () => {
    if (window.innerWidth === last) return; // a phone's bar comes and goes
    last = window.innerWidth;
    explorers[panels.findIndex((panel) => !panel.hidden)].draw();
  });
}

const clock = { day: null };
tabs([...document.querySelectorAll("[data-explorer]")].map((host, i) => new Explorer(host, DATA.scenarios[i], clock)));
