'use strict';
const byId = id => document.getElementById(id);
const json = id => { const e = byId(id); return e ? JSON.parse(e.textContent) : null; };
// What is not seen, or turns the direction of a line, is shown as its number.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const shown = text => String(text).replace(UNSEEN, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
function make(name, text, attributes) {
  const e = document.createElement(name);
  if (text !== undefined && text !== null) e.textContent = shown(text);
  for (const [key, value] of Object.entries(attributes || {})) e.setAttribute(key, value);
  return e;
}
const isNumber = x => typeof x === 'number' && isFinite(x);
const figures = (x, n) => !isNumber(x) ? '–' : Math.abs(x) >= 1e5 || (x !== 0 && Math.abs(x) < 1e-3) ? x.toExponential(n - 1) : String(+x.toPrecision(n));
function bytes(text) { const s = atob(text), b = new Uint8Array(s.length); for (let i = 0; i < s.length; i++) b[i] = s.charCodeAt(i); return b.buffer; }
const floats = text => text ? new Float32Array(bytes(text)) : new Float32Array(0);

