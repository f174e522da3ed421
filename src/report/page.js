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

const about = json('about'), rows = json('rows');
const ORDER = { FAIL: 0, WARN: 1, WAIT: 2, PASS: 3 };
function wordOf(row) {
  if (row.state === 'failed' || row.state === 'rejected') return ['FAIL', row.state];
  if (row.verdict === 'FAIL') return ['FAIL', 'FAIL'];
  if (row.unread && !row.state) return ['FAIL', 'cannot be read'];
  if (row.state && row.state !== 'complete') return [row.state === 'interrupted' ? 'WARN' : 'WAIT', row.state + (isNumber(row.percent) ? ' ' + Math.floor(row.percent) + ' %' : '')];
  if (row.verdict === 'WARN') return ['WARN', 'WARN'];
  return row.verdict === 'PASS' ? ['PASS', 'PASS'] : row.unread ? ['FAIL', 'cannot be read'] : ['WAIT', 'not checked'];
}
function whyOf(row) {
  if (row.reason) return row.reason;
  if (row.unread) return row.unread;
  const bad = (row.checks || []).filter(c => c.verdict === 'FAIL' || c.verdict === 'WARN');
  bad.sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
  return bad.length ? bad[0].name + ': ' + bad[0].sentence + (bad.length > 1 ? ' (' + (bad.length - 1) + ' more)' : '') : '';
}
const meta = row => row.metadata || {}, config = row => meta(row).config || {}, summary = row => meta(row).summary || {};
function driftOf(row) {
  const s = summary(row), w = (s.nve_windows || []).map(x => x.drift_kJ_mol_ps).filter(isNumber);
  const all = w.length ? w.reduce((a, b) => a + Math.abs(b), 0) / w.length : s.drift_kJ_mol_ps;
  return isNumber(all) && row.atoms ? all / row.atoms : NaN;
}
const items = rows.map((row, i) => { const [kind, word] = wordOf(row); return { row, i, kind, word, why: whyOf(row),
  T: summary(row).mean_temperature_K, drift: driftOf(row), wanted: config(row).temperature_K, recoveries: summary(row).scf_recoveries }; });
const COLUMNS = [
  ['Verdict', x => ORDER[x.kind]], ['Molecule', x => x.row.name], ['Atoms', x => x.row.atoms], ['Frames', x => x.row.frames], ['Method', x => meta(x.row).qm_method || ''],
  ['Mean T / K', x => x.T], ['Wanted / K', x => x.wanted], ['Drift / kJ/mol/ps/atom', x => x.drift], ['SCF recoveries', x => x.recoveries], ['What to know', x => x.why]];
const PAGE = 100;
let sorted = 0, backwards = false, first = 0, view = items, open = -1;
function compare(a, b) {
  const x = COLUMNS[sorted][1](a), y = COLUMNS[sorted][1](b), nx = x === undefined || x !== x, ny = y === undefined || y !== y;
  if (nx || ny) return nx - ny || a.i - b.i;
  return (x < y ? -1 : x > y ? 1 : 0) * (backwards ? -1 : 1) || a.i - b.i;
}
function select() {
  const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  view = items.filter(x => { const t = (x.row.name + ' ' + x.word + ' ' + x.why).toLowerCase(); return words.every(w => t.includes(w)); }).sort(compare);
  first = 0; tableDraw();
}
function tableDraw() {
  const head = byId('head'), body = byId('body'), line = make('tr');
  COLUMNS.forEach(([name], c) => {
    const th = make('th', null, { scope: 'col', 'aria-sort': c !== sorted ? 'none' : backwards ? 'descending' : 'ascending' });
    const b = make('button', name + (c !== sorted ? '' : backwards ? ' ▼' : ' ▲'), { type: 'button', id: 'sort-' + c });
    b.onclick = () => { backwards = sorted === c && !backwards; sorted = c; select(); byId('sort-' + c).focus(); };
    th.append(b); line.append(th);
  });
  head.replaceChildren(line);
  body.replaceChildren(...view.slice(first, first + PAGE).map(x => {
    const tr = make('tr'), name = make('td', null, { class: 'name' }), b = make('button', x.row.name, { type: 'button' });
    if (x.i === open) tr.className = 'open';
    b.onclick = () => show(x.i, true); name.append(b);
    tr.append(make('td', { FAIL: '✗ ', WARN: '! ', WAIT: '… ', PASS: '✓ ' }[x.kind] + x.word, { class: x.kind }), name);
    for (const v of [x.row.atoms, x.row.frames]) tr.append(make('td', v === undefined ? '–' : v, { class: 'number' }));
    tr.append(make('td', meta(x.row).qm_method || '–', { class: 'method' }));
    for (const v of [figures(x.T, 5), figures(x.wanted, 5), figures(x.drift, 3), x.recoveries === undefined ? '–' : x.recoveries]) tr.append(make('td', v, { class: 'number' }));
    tr.append(make('td', x.why, { class: 'why' }));
    return tr;
  }));
  byId('found').textContent = view.length === items.length ? items.length + ' trajectories' : view.length + ' of ' + items.length + ' trajectories';
  if (view.length > PAGE) byId('found').textContent += ', rows ' + (first + 1) + ' to ' + Math.min(first + PAGE, view.length);
  byId('pages').hidden = view.length <= PAGE;
  byId('earlier').disabled = first === 0; byId('later').disabled = first + PAGE >= view.length;
}

// Plots: SVG of our own, 480 x 300.
const SVG = 'http://www.w3.org/2000/svg', W = 480, H = 300, L = 66, R = 14, T = 12, B = 44;
function svg(name, attributes, text) { const e = document.createElementNS(SVG, name); for (const k in attributes) e.setAttribute(k, attributes[k]); if (text !== undefined) e.textContent = shown(text); return e; }
function ticks(low, high) {
  const raw = (high - low) / 4, p = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].find(m => m * p >= raw * 0.999) * p, out = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) out.push(Math.abs(v) < step * 1e-9 ? 0 : +v.toPrecision(12));
  return out;
}
function range(values) { let low = Infinity, high = -Infinity; for (const v of values) if (isFinite(v)) { if (v < low) low = v; if (v > high) high = v; }
  if (low > high) return null; if (low === high) { const d = Math.abs(low) * 1e-6 || 1; low -= d; high += d; } return [low, high]; }
let cursors = [];
function plot(parent, title, note, xLabel, yLabel, xr, yr, draw, follows) {
  const part = make('section', null, { class: 'part' }); part.append(make('h3', title));
  if (!xr || !yr) { part.append(make('p', 'Nothing to show: no finite numbers.')); parent.append(part); return; }
  if (xr[0] === xr[1]) xr = [xr[0] - 0.5, xr[1] + 0.5];
  const pad = (yr[1] - yr[0]) * 0.05; yr = [yr[0] - pad, yr[1] + pad];
  const x = v => L + (v - xr[0]) / (xr[1] - xr[0]) * (W - L - R), y = v => H - B - (v - yr[0]) / (yr[1] - yr[0]) * (H - B - T);
  const g = svg('svg', { viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': shown(title + '. ' + note) });
  // numbers that differ in late digits stand as differences from a base
  const yt = ticks(...yr), size = Math.max(...yt.map(Math.abs)), base = yt.length > 1 && size / (yt[1] - yt[0]) > 2e3 ? yt[0] : 0;
  for (const v of ticks(...xr)) g.append(svg('line', { class: 'grid', x1: x(v), x2: x(v), y1: T, y2: H - B }), svg('text', { x: x(v), y: H - B + 16, 'text-anchor': 'middle' }, figures(v, 6)));
  for (const v of yt) g.append(svg('line', { class: 'grid', x1: L, x2: W - R, y1: y(v), y2: y(v) }), svg('text', { x: L - 5, y: y(v) + 4, 'text-anchor': 'end' }, figures(+(v - base).toPrecision(6), 4)));
  g.append(svg('path', { class: 'axis', d: `M${L} ${T}V${H - B}H${W - R}` }), svg('text', { x: (L + W - R) / 2, y: H - 8, 'text-anchor': 'middle' }, xLabel),
    svg('text', { transform: `translate(13 ${(T + H - B) / 2}) rotate(-90)`, 'text-anchor': 'middle' }, yLabel + (base ? ' − (' + figures(base, 8) + ')' : '')));
  draw(g, x, y, yr);
  if (follows) { const c = svg('line', { class: 'cursor', x1: x(xr[0]), x2: x(xr[0]), y1: T, y2: H - B }); g.append(c); cursors.push(ps => { const at = x(ps); c.setAttribute('x1', at); c.setAttribute('x2', at); }); }
  part.append(g, make('p', note, { class: 'note' }));
  for (const kind of ['SVG', 'PNG']) { const b = make('button', 'Save ' + kind, { type: 'button', class: 'save' }); b.onclick = () => save(g, title, kind); part.append(b, ' '); }
  parent.append(part);
}
function download(url, name) { const a = make('a', null, { href: url, download: name }); a.click(); }
function save(g, title, kind) {
  const copy = g.cloneNode(true), from = [g, ...g.querySelectorAll('*')], to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((e, i) => { const s = getComputedStyle(e); for (const k of ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'font']) to[i].setAttribute(k === 'font' ? 'style' : k, k === 'font' ? 'font:' + s.font : s.getPropertyValue(k)); });
  copy.setAttribute('width', 2 * W); copy.setAttribute('height', 2 * H);
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' })), name = title.replace(/[^A-Za-z0-9]+/g, '-');
  if (kind === 'SVG') return download(url, name + '.svg');
  const image = new Image(); image.onload = () => { const c = make('canvas'); c.width = 2 * W; c.height = 2 * H; const d = c.getContext('2d'); d.fillStyle = getComputedStyle(document.body).backgroundColor; d.fillRect(0, 0, c.width, c.height); d.drawImage(image, 0, 0); download(c.toDataURL(), name + '.png'); };
  image.src = url;
}
function line(x, y, xs, ys) { let d = '', up = false; for (let i = 0; i < xs.length; i++) { if (!isFinite(ys[i])) { up = false; continue; } d += (up ? 'L' : 'M') + x(xs[i]).toFixed(1) + ' ' + y(ys[i]).toFixed(1); up = true; } return d; }
// least and greatest of each column, up and down
function columns(x, y, xs, low, high) { const px = [], py = []; for (let i = 0; i < xs.length; i++) { px.push(xs[i], xs[i]); py.push(low[i], high[i]); } return line(x, y, px, py); }

const COLOURS = { H: '#f4f4f4', C: '#6b6b6b', N: '#4d6dff', O: '#ee3124', F: '#7ad151', S: '#e6c229', P: '#ff8c1a', Cl: '#35c135', Br: '#a83232', I: '#8a2be2' };
const RADII = { H: 0.32, C: 0.75, N: 0.71, O: 0.64, F: 0.6, S: 1.04, P: 1.09, Cl: 0.99, Br: 1.14, I: 1.32 };
let stop = () => {};
function viewer(parent, d) {
  const n = d.symbols.length, count = d.pos ? new Int16Array(bytes(d.pos)) : new Int16Array(0), frames = n ? count.length / (3 * n) : 0, ps = floats(d.shown_ps);
  const part = make('section', null, { class: 'part' }), canvas = make('canvas', null, { tabindex: '0', role: 'img', 'aria-label': 'Molecule. Arrow keys turn it, plus and minus change its size, space plays.' });
  const slider = make('input', null, { type: 'range', min: 0, max: Math.max(frames - 1, 0), value: 0, 'aria-label': 'Frame', id: 'frame' });
  const play = make('button', 'Play', { type: 'button', id: 'play' }), labels = make('button', 'Labels', { type: 'button', 'aria-pressed': 'false' }), picture = make('button', 'Save PNG', { type: 'button' }), where = make('span', '', { id: 'where' });
  part.append(make('h3', 'Molecule'), canvas, slider, play, ' ', labels, ' ', picture, ' ', where); parent.append(part);
  let frame = 0, turn = [1, 0, 0, 0, 1, 0, 0, 0, 1], zoom = 1, named = false, timer = 0;
  const p = new Float32Array(3 * n), at = (f, i) => count[3 * n * f + i] === -32768 ? NaN : count[3 * n * f + i] * d.step;
  // one scale for all frames, from the first, so that what flies apart is seen to
  let size = 1; { const c = [0, 0, 0]; for (let i = 0; i < 3 * n; i++) c[i % 3] += (at(0, i) || 0) / n; for (let i = 0; i < n; i++) size = Math.max(size, Math.hypot(at(0, 3 * i) - c[0], at(0, 3 * i + 1) - c[1], at(0, 3 * i + 2) - c[2]) || 0); }
  const radius = s => RADII[s] || 1.3;
  function draw() {
    const box = canvas.getBoundingClientRect(), k = window.devicePixelRatio || 1; canvas.width = Math.max(1, box.width * k); canvas.height = Math.max(1, box.height * k);
    const g = canvas.getContext('2d'), scale = 0.42 * Math.min(canvas.width, canvas.height) / (size + 0.8) * zoom, dark = getComputedStyle(document.body).color;
    g.clearRect(0, 0, canvas.width, canvas.height); if (!frames) return;
    const c = [0, 0, 0]; let m = 0;
    for (let i = 0; i < n; i++) { const x = at(frame, 3 * i); if (x === x) { m++; for (let q = 0; q < 3; q++) c[q] += at(frame, 3 * i + q); } }
    for (let i = 0; i < n; i++) { const x = [0, 1, 2].map(q => at(frame, 3 * i + q) - c[q] / (m || 1)); for (let q = 0; q < 3; q++) p[3 * i + q] = turn[3 * q] * x[0] + turn[3 * q + 1] * x[1] + turn[3 * q + 2] * x[2]; }
    const X = i => canvas.width / 2 + p[3 * i] * scale, Y = i => canvas.height / 2 - p[3 * i + 1] * scale, things = [];
    for (let i = 0; i < n; i++) { if (p[3 * i] !== p[3 * i]) continue; things.push([p[3 * i + 2], i, -1]);
      for (let j = 0; j < i; j++) { const r = 1.3 * (radius(d.symbols[i]) + radius(d.symbols[j])), dx = p[3 * i] - p[3 * j]; if (dx > r || dx < -r) continue; const dy = p[3 * i + 1] - p[3 * j + 1], dz = p[3 * i + 2] - p[3 * j + 2]; if (dx * dx + dy * dy + dz * dz < r * r) things.push([(p[3 * i + 2] + p[3 * j + 2]) / 2 - 0.05, i, j]); } }
    things.sort((a, b) => a[0] - b[0]);
    for (const [z, i, j] of things) {
      g.globalAlpha = Math.min(1, Math.max(0.45, 0.8 + 0.2 * z / size));
      if (j >= 0) { const mx = (X(i) + X(j)) / 2, my = (Y(i) + Y(j)) / 2; for (const [a, col] of [[i, d.symbols[i]], [j, d.symbols[j]]]) for (const [w, s] of [[0.24, '#30343a'], [0.18, COLOURS[col] || '#d070d0']]) { g.lineWidth = w * scale; g.strokeStyle = s; g.beginPath(); g.moveTo(X(a), Y(a)); g.lineTo(mx, my); g.stroke(); } continue; }
      const r = (0.2 + 0.18 * radius(d.symbols[i])) * scale; g.beginPath(); g.arc(X(i), Y(i), r, 0, 7); g.fillStyle = COLOURS[d.symbols[i]] || '#d070d0'; g.fill(); g.lineWidth = Math.max(1, 0.04 * scale); g.strokeStyle = '#30343a'; g.stroke();
      if (named) { g.globalAlpha = 1; g.fillStyle = '#000'; g.font = `${Math.max(11 * k, 0.35 * scale)}px sans-serif`; g.textAlign = 'center'; g.textBaseline = 'middle'; g.lineWidth = 3 * k; g.strokeStyle = '#fff'; const t = d.symbols[i] + (i + 1); g.strokeText(t, X(i), Y(i)); g.fillText(t, X(i), Y(i)); }
    }
    g.globalAlpha = 1;
  }
  function go(f) { frame = Math.max(0, Math.min(frames - 1, f)); slider.value = frame; where.textContent = frames ? `frame ${frame * d.shown_every} of ${d.frames}, ${figures(ps[frame], 5)} ps` : 'no frames'; for (const c of cursors) if (frames) c(ps[frame]); draw(); }
  function spin(ax, ay) { const a = Math.cos(ay), b = Math.sin(ay), c = Math.cos(ax), s = Math.sin(ax), r = [a, 0, b, s * b, c, -s * a, -c * b, s, c * a], t = turn; turn = [0, 1, 2].flatMap(i => [0, 1, 2].map(j => r[3 * i] * t[j] + r[3 * i + 1] * t[3 + j] + r[3 * i + 2] * t[6 + j])); draw(); }
  function halt() { cancelAnimationFrame(timer); timer = 0; play.textContent = 'Play'; }
  let last = 0;
  function tick(now) { if (now - last >= 33) { last = now; go(frame + 1 < frames ? frame + 1 : 0); } timer = requestAnimationFrame(tick); }
  play.onclick = () => { if (timer) halt(); else { play.textContent = 'Pause'; timer = requestAnimationFrame(tick); } };
  slider.oninput = () => go(+slider.value);
  labels.onclick = () => { named = !named; labels.setAttribute('aria-pressed', named); draw(); };
  picture.onclick = () => download(canvas.toDataURL(), 'molecule.png');
  const fingers = new Map();
  canvas.onpointerdown = e => { canvas.setPointerCapture(e.pointerId); fingers.set(e.pointerId, [e.clientX, e.clientY]); };
  canvas.onpointermove = e => { const f = fingers.get(e.pointerId); if (!f) return; const all = [...fingers.values()];
    if (all.length === 2) { const o = all.find(q => q !== f), before = Math.hypot(f[0] - o[0], f[1] - o[1]), after = Math.hypot(e.clientX - o[0], e.clientY - o[1]); if (before > 0) zoom = Math.min(8, Math.max(0.2, zoom * after / before)); draw(); }
    else spin((e.clientY - f[1]) * 0.01, (e.clientX - f[0]) * 0.01); f[0] = e.clientX; f[1] = e.clientY; };
  canvas.onpointerup = canvas.onpointercancel = e => fingers.delete(e.pointerId);
  canvas.onkeydown = e => { const k = { ArrowLeft: [0, -0.1], ArrowRight: [0, 0.1], ArrowUp: [-0.1, 0], ArrowDown: [0.1, 0] }[e.key]; if (k) spin(...k); else if (e.key === '+' || e.key === '-') { zoom = Math.min(8, Math.max(0.2, zoom * (e.key === '+' ? 1.15 : 0.87))); draw(); } else if (e.key === ' ') play.click(); else return; e.preventDefault(); };
  const resize = () => draw(); window.addEventListener('resize', resize);
  stop = () => { halt(); window.removeEventListener('resize', resize); };
  return () => go(0);
}

function histogram(values, bins, low, high) { const h = new Float32Array(bins); for (const v of values) if (isFinite(v)) h[Math.min(bins - 1, Math.max(0, Math.floor((v - low) / (high - low) * bins)))]++; return h; }
function parts(parent, row, d) {
  const grid = make('div', null, { id: 'parts' }); parent.append(grid); cursors = [];
  const begin = viewer(grid, d);
  if (!d.frames) { begin(); return; }
  const dof = meta(row).dof > 0 ? meta(row).dof : 3 * d.symbols.length, K = 2 / (dof * 0.00831446261815324), span = [d.first_ps, d.last_ps], wanted = config(row).temperature_K;
  const curve = c => ({ low: floats(c.low), high: floats(c.high), mean: c.mean, lost: c.not_finite });
  const kinetic = curve(d.kinetic), potential = curve(d.potential), total = curve(d.total), n = kinetic.low.length, xs = Float64Array.from({ length: n }, (_, i) => span[0] + (span[1] - span[0]) * (n > 1 ? i / (n - 1) : 0));
  const lost = c => c.lost ? ` ${c.lost} frames hold no finite number.` : '';
  const events = g => (x, y, yr) => { for (const e of d.events) if (isNumber(e.ps)) g.append(svg('line', { class: 'mark', x1: x(e.ps), x2: x(e.ps), y1: y(yr[0]), y2: y(yr[1]) })); };
  const tl = kinetic.low.map(v => v * K), th = kinetic.high.map(v => v * K), sd = isNumber(wanted) ? wanted * Math.sqrt(2 / dof) : NaN;
  plot(grid, 'Temperature', `Mean of the frames ${figures(kinetic.mean * K, 5)} K` + (isNumber(wanted) ? `, wanted ${wanted} K. Band: the canonical standard deviation, ${figures(sd, 3)} K` : '') + `, for ${dof} degrees of freedom${meta(row).dof > 0 ? '' : ' (three per atom: the file does not say)'}.` + lost(kinetic),
    'time / ps', 'T / K', span, range([...tl, ...th, ...(isNumber(wanted) ? [wanted - sd, wanted + sd] : [])]), (g, x, y) => {
      if (isNumber(wanted)) g.append(svg('rect', { class: 'band', x: x(span[0]), width: Math.max(0, x(span[1]) - x(span[0])), y: y(wanted + sd), height: y(wanted - sd) - y(wanted + sd) }), svg('line', { class: 'wanted', x1: x(span[0]), x2: x(span[1]), y1: y(wanted), y2: y(wanted) }));
      g.append(svg('path', { class: 'curve', d: columns(x, y, xs, tl, th) })); }, true);
  for (const [title, c, note] of [['Potential energy', potential, ''], ['Total energy', total, config(row).ensemble === 'nve' ? 'Conserved in this trajectory. ' : config(row).ensemble ? 'Exchanges heat with the thermostat; what is conserved is in the list of checks. ' : '']])
    plot(grid, title, `${note}Mean ${figures(c.mean, 9)} kJ/mol.` + lost(c), 'time / ps', 'E / kJ/mol', span, range([...c.low, ...c.high]), (g, x, y) => g.append(svg('path', { class: 'curve', d: columns(x, y, xs, c.low, c.high) })), true);
  const ps = floats(d.shown_ps), rmsd = floats(d.rmsd).map(v => 10 * v);
  plot(grid, 'RMSD to the first frame', 'All atoms, after the best superposition.', 'time / ps', 'RMSD / Å', span, range([0, ...rmsd]), (g, x, y) => g.append(svg('path', { class: 'curve', d: line(x, y, ps, rmsd) })), true);
  const count = new Int16Array(bytes(d.pos)), N = d.symbols.length, far = d.bonds.slice(0, 400).map(([a, b]) => ps.map((_, f) => { let s = 0; for (let q = 0; q < 3; q++) { const u = count[3 * (N * f + a) + q], v = count[3 * (N * f + b) + q]; if (u === -32768 || v === -32768) return NaN; s += (u - v) ** 2; } return d.step * Math.sqrt(s); }));
  plot(grid, 'Bond lengths', `${d.bonds.length} bonds of the first frame${d.bonds.length > 400 ? ', 400 of them drawn' : ''}. ` + (d.n_events ? `${d.n_events} changes of bonds, marked by lines.` : 'None breaks, none forms, in any frame.'), 'time / ps', 'length / Å', span, range(far.flatMap(v => [...v])), (g, x, y, yr) => {
    for (const v of far) g.append(svg('path', { class: 'curve', d: line(x, y, ps, v) })); events(g)(x, y, yr); }, true);
  if (d.forces.length) {
    const all = d.forces.map(f => [f.element, floats(f.counts)]), top = Math.max(...all.map(f => f[1].length)) * d.force_bin;
    for (const [element, h] of all) { const w = Math.ceil(h.length / 50), sums = []; for (let i = 0; i < h.length; i += w) sums.push(h.slice(i, i + w).reduce((a, b) => a + b, 0)); const sum = sums.reduce((a, b) => a + b, 0);
      plot(grid, `Forces on ${element}`, `Magnitudes, ${sum} of them. The greatest force on any atom is ${figures(d.force_max, 4)} kJ/mol/nm.`, 'force / kJ/mol/nm', 'part', [0, top], [0, Math.max(...sums) / sum], (g, x, y) => sums.forEach((v, i) => g.append(svg('rect', { class: 'area', x: x(i * w * d.force_bin), width: Math.max(0.5, x(w * d.force_bin) - x(0)), y: y(v / sum), height: y(0) - y(v / sum) })))); }
  }
  if (d.spectrum) for (const [key, title] of [['states', 'Vibrational density of states'], ['infrared', 'Infrared spectrum']]) { if (!d.spectrum[key]) continue;
    const v = floats(d.spectrum[key]), s = d.spectrum, wn = Float64Array.from(v, (_, k) => k * s.step);
    plot(grid, title, `From the ${key === 'states' ? 'velocities, weighted by mass' : 'dipoles'}: Hann windows (${s.segments} segments), lines ${figures(s.resolution, 3)} cm⁻¹ wide. ` + (s.limit < 4000 ? `Frames are too far apart for more than ${figures(s.limit, 4)} cm⁻¹; what is faster is folded back. ` : '') + 'Rotation of the molecule is in it.', 'wavenumber / cm⁻¹', 'per cm⁻¹', [0, (v.length - 1) * s.step], range([0, ...v]), (g, x, y) => g.append(svg('path', { class: 'curve', d: line(x, y, wn, v) }))); }
  for (const t of d.torsions) { const h = histogram(floats(t.degrees), 36, -180, 180), sum = h.reduce((a, b) => a + b, 0) || 1;
    plot(grid, `Torsion ${t.atoms.map(a => d.symbols[a - 1] + a).join('–')}`, `${sum} frames.`, 'angle / degrees', 'part', [-180, 180], [0, Math.max(...h) / sum], (g, x, y) => h.forEach((v, i) => g.append(svg('rect', { class: 'area', x: x(-180 + 10 * i), width: x(10) - x(0), y: y(v / sum), height: y(0) - y(v / sum) })))); }
  begin();
}
function facts(parent, row, d) {
  const table = make('table'), s = summary(row), add = (a, b) => { const tr = make('tr'); tr.append(make('th', a, { scope: 'row' }), make('td', b)); table.append(tr); };
  if (isNumber(s.mean_temperature_K)) add('Mean temperature', figures(s.mean_temperature_K, 6) + (isNumber(s.mean_temperature_error_K) ? ' ± ' + figures(s.mean_temperature_error_K, 2) : '') + ' K' + (isNumber(config(row).temperature_K) ? ', wanted ' + config(row).temperature_K + ' K' : ''));
  if (isNumber(s.drift_kJ_mol_ps)) add('Drift of the conserved energy', figures(s.drift_kJ_mol_ps, 3) + ' kJ/mol/ps');
  (s.nve_windows || []).slice(0, 20).forEach((w, i) => add('NVE window ' + (i + 1), `from ${figures(w.begins_at_ps, 5)} ps, drift ${figures(w.drift_kJ_mol_ps, 3)} kJ/mol/ps, RMS ${figures(w.rms_kJ_mol, 3)} kJ/mol`));
  if (isNumber(s.scf_iterations_mean)) add('SCF', `${figures(s.scf_iterations_mean, 3)} iterations per step, largest residual ${figures(s.scf_residual_max, 3)}, ${s.scf_recoveries} recoveries, ${s.scf_diagonalisations} diagonalisations`);
  if (d && isNumber(d.tau_ps)) { const every = d.frames > 1 ? Math.ceil(2 * d.tau_ps / ((d.last_ps - d.first_ps) / (d.frames - 1))) : 1; add('Autocorrelation of the potential energy', `${figures(d.tau_ps, 3)} ps${d.tau_settled ? '' : ' at least: the trajectory is short for it'}; independent frames: every ${isNumber(every) ? every : 1}`); }
  for (const e of d ? d.events.slice(0, 20) : []) add(e.kind.replace(/_/g, ' '), `atoms ${e.atoms.join(', ')} in frame ${e.frame}, ${figures(e.ps, 6)} ps`);
  parent.append(table);
  if (row.checks) { const t = make('table'); for (const c of row.checks) { const tr = make('tr'); tr.append(make('td', c.verdict, { class: c.verdict === 'NOT RUN' ? '' : c.verdict }), make('td', c.name), make('td', c.sentence, { class: 'why' })); t.append(tr); } const box = make('details'); box.append(make('summary', 'Checks, as by qmtraj check')); box.append(t); parent.append(box); }
  if (row.metadata) { const box = make('details'); box.append(make('summary', 'Configuration and metadata'), make('pre', null)); box.lastChild.textContent = JSON.stringify(row.metadata, null, 1).replace(UNSEEN, c => c === '\n' ? c : shown(c)); parent.append(box); }
}
function show(i, jump) {
  stop(); open = i; const part = byId('trajectory'), x = items[i], d = json('trajectory-' + i); part.replaceChildren(make('h2', x.row.name), make('p', x.word + (x.why ? ': ' + x.why : ''), { class: x.kind }));
  if (d) parts(part, x.row, d); else part.append(make('p', x.row.frames === undefined ? 'There are no frames to show.' : 'This page has no room for its curves. qmtraj view FILE makes a page of it alone.'));
  facts(part, x.row, d); history.replaceState(null, '', '#' + i); tableDraw();
  if (jump) { part.focus({ preventScroll: true }); part.scrollIntoView(); }
}
function headline() {
  const n = k => items.filter(x => x.kind === k).length, frames = items.reduce((a, x) => a + (x.row.frames || 0), 0), methods = [...new Set(items.map(x => meta(x.row).qm_method).filter(Boolean))];
  document.title = 'qmtraj report: ' + shown(about.name); byId('title').textContent = shown(about.name);
  const p = byId('headline'); p.replaceChildren();
  for (const [k, word] of [['FAIL', 'fail'], ['WARN', 'with a warning'], ['WAIT', 'not finished or not checked'], ['PASS', 'pass']]) if (n(k)) p.append(make('span', `${n(k)} ${word}`, { class: k }), ' · ');
  p.append(`${items.length} trajectories · ${frames} frames · ${shown(methods.join(', ') || 'method not known')}`);
}
function foot() {
  const f = byId('foot'); f.append(make('p', `qmtraj ${about.version}, build ${about.build}, parameters ${about.parameters}. Verdicts: qmtraj check, ${about.frames_again} frames of each file computed again. Curves show the least and greatest value of each column. docs/report.md says how each number is made.`, { class: 'note' }));
  const box = make('details'); box.append(make('summary', 'Citations (BibTeX)'), make('pre', null)); box.lastChild.textContent = about.citations; f.append(box);
}
headline(); foot(); byId('search').oninput = select;
byId('earlier').onclick = () => { first = Math.max(0, first - PAGE); tableDraw(); }; byId('later').onclick = () => { first += PAGE; tableDraw(); };
select();
const asked = parseInt(location.hash.slice(1), 10);
if (items.length) show(asked >= 0 && asked < items.length ? asked : 0, false); else byId('trajectory').append(make('p', 'There is no trajectory here yet.'));
if (about.reload_s > 0) setTimeout(() => location.reload(), 1000 * about.reload_s);
