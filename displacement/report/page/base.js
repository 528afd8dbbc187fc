"use strict";
/* What every part of the page uses: the data, words in the page's language, counts in words, and elements. */

const DATA = JSON.parse(document.getElementById("data").textContent);
const WORDS = DATA.words;
const FEW = -1; // a count above 0 and under the floor, which is not shared
const SVG = "http://www.w3.org/2000/svg";

/** A string of the catalogue with its gaps filled. */
function say(key, gaps = {}) {
  return (WORDS[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => gaps[name] ?? whole);
}

/** An element with attributes, a class and children; text is always text, never markup. */
function make(name, about = {}, ...children) {
  const node = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
  for (const [key, value] of Object.entries(about)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** A number with the thousands separator of the language. */
function grouped(number) {
  const [whole, part] = String(Math.abs(number)).split(".");
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, WORDS.thousands);
  return (number < 0 ? "−" : "") + digits + (part ? WORDS.decimal + part : "");
}

/** A count of people: a number, fewer than 50, or not known. */
function counted(cell) {
  if (cell === null || cell === undefined) return say("not_known");
  return cell === FEW ? say("few") : grouped(cell);
}

/** The middle of the runs with the range that holds 80 of 100. */
function ranged([low, middle, high]) {
  if (low === middle && middle === high) return counted(middle);
  return `${counted(middle)} (${say("range", { low: counted(low), high: counted(high) })})`;
}

/** The points of a series on a day. */
function on(series, day) {
  return series.map((line) => line[day]);
}

/** A count for drawing: what is not shared is drawn as nothing, what is unknown is NaN. */
function drawn(cell) {
  return cell === null || cell === undefined ? NaN : Math.max(cell, 0);
}

/** A day in words. */
function dayWords(iso) {
  const [year, month, day] = iso.split("-");
  return `${Number(day)} ${WORDS.months[Number(month) - 1]} ${year}`;
}

/** The last of a list of changes, each [day, ...], that is not after a day. */
function stateOn(changes, day) {
  let found = null;
  for (const change of changes) if (change[0] <= day) found = change;
  return found;
}
