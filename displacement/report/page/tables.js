"use strict";
/* Tables that can be sorted, copied and saved; charts as pictures. */

const FIRST_ROWS = 25;
const NUMBER = /^-?<?(0|[1-9]\d*)(\.\d+)?(e[-+]?\d+)?$/; // not 0201, which is a code
const NAMES = new Set(["place", "name", "area", "pcode", "start", "end", "crossing", "link", "country"]);

/** A folded part of the page, made when it is first opened. */
function folded(title, content) {
  const details = make("details", {}, make("summary", {}, title));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(content());
  });
  return details;
}

/** A number in a cell, or NaN: with or without separators, and "<50" as what lies under the floor. */
function numberIn(text) {
  return text === "" ? NaN : text.startsWith("<") ? 0.5 : text.startsWith("-<") ? -0.5 : Number(text);
}

/** A table that can be sorted; `state` keeps how, so that the table of another day is sorted like the last. */
function tableOf(columns, rows, caption, state = { by: null, down: false, all: false }) {
  const numeric = columns.map((column, c) => !NAMES.has(column) && rows.length > 0 && rows.every((row) => row[c] === "" || NUMBER.test(row[c])));
  const head = make("tr", {});
  const body = make("tbody", {});
  const more = make("button", { type: "button", class: "more" });
  const table = make("table", {}, make("caption", {}, caption), make("thead", {}, head), body);
  columns.forEach((column, c) => {
    const button = make("button", { type: "button", "aria-label": `${column}: ${say("sort")}`, onclick: () => sortBy(c) }, column);
    head.append(make("th", { scope: "col", class: numeric[c] ? "number" : null }, button));
  });
  more.addEventListener("click", () => { state.all = true; fill(); });
  function sortBy(c) {
    state.down = state.by === c ? !state.down : numeric[c];
    state.by = c;
    fill();
  }
  function ordered() {
    if (state.by === null) return rows;
    const c = state.by;
    const compare = numeric[c] ? (a, b) => numberIn(a) - numberIn(b) : (a, b) => a.localeCompare(b);
    const known = rows.filter((row) => row[c] !== "");
    known.sort((a, b) => compare(a[c], b[c]) * (state.down ? -1 : 1));
    return [...known, ...rows.filter((row) => row[c] === "")]; // unknown is last, whichever way
  }
  function fill() {
    [...head.children].forEach((th, i) => i === state.by ? th.setAttribute("aria-sort", state.down ? "descending" : "ascending") : th.removeAttribute("aria-sort"));
    const shown = state.all ? ordered() : ordered().slice(0, FIRST_ROWS);
    body.replaceChildren(...shown.map((row) => make("tr", {}, ...row.map((cell, c) =>
      make("td", { class: numeric[c] ? "number" : null, dir: numeric[c] ? null : "auto" }, numeric[c] && cell !== "" && !cell.startsWith("<") ? grouped(Number(cell)) : cell)))));
    more.hidden = state.all || rows.length <= FIRST_ROWS;
    more.textContent = say("all_rows", { rows: grouped(rows.length) });
  }
  fill();
  return make("div", { class: "table" }, tools(columns, rows, caption),
              make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption }, table), more);
}

function tools(columns, rows, caption) {
  const copy = make("button", { type: "button" }, say("copy"));
  copy.addEventListener("click", async () => {
    await copyText([columns, ...rows].map((row) => row.join("\t")).join("\n"));
    copy.textContent = say("copied");
  });
  const save = make("button", { type: "button" }, say("save_csv"));
  save.addEventListener("click", () => {
    const safe = (cell) => (/^[=+\-@\t\r]/.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell); // no formulas
    const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    const text = [columns, ...rows].map((row) => row.map(safe).map(quoted).join(",")).join("\r\n");
    const link = make("a", { href: URL.createObjectURL(new Blob(["\ufeff" + text], { type: "text/csv" })), download: `${caption.replace(/[^\p{L}\p{N}]+/gu, "_")}.csv` });
    link.click();
    URL.revokeObjectURL(link.href);
  });
  return make("p", { class: "tools" }, copy, save, make("span", {}, say("rows", { rows: grouped(rows.length) })));
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", { class: "unseen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** Pictures and tables of a panel are put in when the panel is first shown. */
function fillPanel(panel, scenario) {
  for (const img of panel.querySelectorAll("img[data-chart]"))
    img.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(scenario.charts[img.dataset.chart]);
  for (const details of panel.querySelectorAll("details[data-table]")) {
    const { columns, rows } = scenario.tables[details.dataset.table];
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(tableOf(columns, rows, details.dataset.caption));
    });
  }
}
