// Plots over two axes: SVG of our own.
const SVG = 'http://www.w3.org/2000/svg', W = 480, H = 300, L = 66, R = 14, T = 12, B = 44;
// One function each, that puts the cursor of a plot at a time.
let cursors = [];

function svg(name, attributes, text) {
  const e = document.createElementNS(SVG, name);
  for (const k in attributes) e.setAttribute(k, attributes[k]);
  if (text !== undefined) e.textContent = shown(text);
  return e;
}

function ticks(low, high, step) {
  const raw = (high - low) / 5, p = 10 ** Math.floor(Math.log10(raw)), out = [];
  step = step || [1, 2, 5, 10].find(m => m * p >= raw * 0.999) * p;
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) out.push(Math.abs(v) < step * 1e-9 ? 0 : +v.toPrecision(12));
  return out;
}

const tick = v => { const x = +v.toPrecision(6); return Math.abs(x) >= 1e5 || (x !== 0 && Math.abs(x) < 1e-3) ? x.toExponential() : String(x); };

// Least and greatest of the finite values; null of none.
function range(...lists) {
  let low = Infinity, high = -Infinity;
  for (const values of lists) for (const v of values) if (isFinite(v)) { if (v < low) low = v; if (v > high) high = v; }
  if (low > high) return null;
  if (low === high) { const d = Math.abs(low) * 1e-6 || 1; low -= d; high += d; }
  return [low, high];
}

function axes(g, o, x, y) {
  // Numbers that differ in late digits stand as differences from a base.
  const yt = ticks(...o.yr, o.yStep), size = Math.max(...yt.map(Math.abs)), base = yt.length > 1 && size / (yt[1] - yt[0]) > 2e3 ? yt[0] : 0;
  const right = W - o.right;
  for (const v of ticks(...o.xr, o.xStep))
    g.append(svg('line', { class: 'grid', x1: x(v), x2: x(v), y1: T, y2: H - B }), svg('text', { x: x(v), y: H - B + 16, 'text-anchor': 'middle' }, tick(v)));
  for (const v of yt)
    g.append(svg('line', { class: 'grid', x1: L, x2: right, y1: y(v), y2: y(v) }), svg('text', { x: L - 5, y: y(v) + 4, 'text-anchor': 'end' }, tick(v - base)));
  g.append(svg('path', { class: 'axis', d: `M${L} ${T}V${H - B}H${right}` }), svg('text', { x: (L + right) / 2, y: H - 8, 'text-anchor': 'middle' }, o.xLabel),
    svg('text', { transform: `translate(13 ${(T + H - B) / 2}) rotate(-90)`, 'text-anchor': 'middle' }, o.yLabel + (base ? ' − (' + figures(base, 8) + ')' : '')));
}

// A plot with title and note, its axes xr and yr (null: nothing is finite), draw(g, x, y, yr), whether it follows the frame,
// and the room on its right.
function plot(parent, o) {
  const part = make('section', null, { class: 'part' });
  part.append(make('h3', o.title));
  parent.append(part);
  if (!o.xr || !o.yr) { part.append(make('p', 'Nothing to show: there are no finite numbers. ' + o.note)); return; }
  if (o.xr[0] === o.xr[1]) o.xr = [o.xr[0] - 0.5, o.xr[1] + 0.5];
  const pad = o.tight ? 0 : (o.yr[1] - o.yr[0]) * 0.05;
  o.yr = [o.yr[0] - pad, o.yr[1] + pad];
  o.right = o.right || R;
  const x = v => L + (v - o.xr[0]) / (o.xr[1] - o.xr[0]) * (W - L - o.right), y = v => H - B - (v - o.yr[0]) / (o.yr[1] - o.yr[0]) * (H - B - T);
  const g = svg('svg', { viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': shown(o.title + '. ' + o.note) });
  axes(g, o, x, y);
  o.draw(g, x, y, o.yr);
  if (o.follows) {
    const c = svg('line', { class: 'cursor', x1: x(o.xr[0]), x2: x(o.xr[0]), y1: T, y2: H - B });
    g.append(c);
    cursors.push(ps => { const at = x(ps).toFixed(2); c.setAttribute('x1', at); c.setAttribute('x2', at); });
  }
  part.append(g, make('p', o.note, { class: 'note' }));
  const buttons = make('p', null, { class: 'buttons' });
  for (const kind of ['SVG', 'PNG']) {
    const b = make('button', kind, { type: 'button', class: 'save', 'aria-label': `Save ${shown(o.title)} as ${kind}` });
    b.onclick = () => save(g, o.title, kind);
    buttons.append(b, ' ');
  }
  part.append(buttons);
}

function download(url, name) { const a = make('a', null, { href: url, download: name }); a.click(); }

// The drawing with its style written into it, as a file of its own.
function alone(g) {
  const copy = g.cloneNode(true), from = [g, ...g.querySelectorAll('*')], to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((e, i) => {
    const s = getComputedStyle(e);
    for (const k of ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray']) to[i].setAttribute(k, s.getPropertyValue(k));
    to[i].setAttribute('font-family', s.fontFamily);
    to[i].setAttribute('font-size', s.fontSize);
  });
  copy.prepend(svg('rect', { width: W, height: H, fill: getComputedStyle(document.body).backgroundColor }));
  copy.setAttribute('width', 2 * W);
  copy.setAttribute('height', 2 * H);
  return new XMLSerializer().serializeToString(copy);
}

function save(g, title, kind) {
  const url = URL.createObjectURL(new Blob([alone(g)], { type: 'image/svg+xml' })), name = title.replace(/[^A-Za-z0-9]+/g, '-');
  if (kind === 'SVG') { download(url, name + '.svg'); return; }
  const image = new Image();
  image.onload = () => {
    const c = make('canvas');
    c.width = 2 * W; c.height = 2 * H;
    c.getContext('2d').drawImage(image, 0, 0);
    download(c.toDataURL(), name + '.png');
  };
  image.src = url;
}

function line(x, y, xs, ys) {
  let d = '', up = false;
  for (let i = 0; i < xs.length; i++) {
    if (!isFinite(ys[i])) { up = false; continue; }
    d += (up ? 'L' : 'M') + x(xs[i]).toFixed(1) + ' ' + y(ys[i]).toFixed(1);
    up = true;
  }
  return d;
}

// The curves of the file: least, greatest and mean value of each column.
function curveOf(c) {
  const add = v => c.base + v;
  return { low: Float64Array.from(floats(c.low), add), high: Float64Array.from(floats(c.high), add), means: Float64Array.from(floats(c.means), add), mean: c.mean, lost: c.not_finite };
}
function curveDraw(g, x, y, xs, c) {
  const px = [], py = [];
  for (let i = 0; i < xs.length; i++) { px.push(xs[i], xs[i]); py.push(c.low[i], c.high[i]); }
  g.append(svg('path', { class: 'span', d: line(x, y, px, py) }), svg('path', { class: 'curve', d: line(x, y, xs, c.means) }));
}
