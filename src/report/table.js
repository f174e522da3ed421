// The table of all trajectories: search and sort. Of a long one only the rows about those in view are there.
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
  // The checks repeat what the run warned of, but for what they judge by themselves.
  const say = bad.length ? bad.map(c => c.name + ': ' + c.sentence) : row.warnings || [];
  return say.length ? say[0] + (say.length > 1 ? ' (' + (say.length - 1) + ' more)' : '') : '';
}
const meta = row => row.metadata || {}, config = row => meta(row).config || {}, summary = row => meta(row).summary || {};
// Metadata are text that anybody may have written.
const windowsOf = row => { const w = summary(row).nve_windows; return Array.isArray(w) ? w.map(x => x || {}) : []; };
// At the start and at the end: with temperature_ramp_K nothing asks for temperature_K.
function wantedOf(row) { const r = config(row).temperature_ramp_K, T = config(row).temperature_K; return Array.isArray(r) && r.length === 2 && r.every(isNumber) ? r : isNumber(T) ? [T, T] : [NaN, NaN]; }
const wantedText = ([a, b]) => a === b ? figures(a, 5) : isNumber(a) ? `${figures(a, 5)} to ${figures(b, 5)}` : '–';
function driftOf(row) {
  const s = summary(row), w = windowsOf(row).map(x => x.drift_kJ_mol_ps).filter(isNumber);
  const all = w.length ? w.reduce((a, b) => a + Math.abs(b), 0) / w.length : s.drift_kJ_mol_ps;
  return isNumber(all) && row.atoms ? all / row.atoms : NaN;
}
const items = rows.map((row, i) => { const [kind, word] = wordOf(row); return { row, i, kind, word, why: whyOf(row),
  T: summary(row).mean_temperature_K, drift: driftOf(row), wanted: wantedOf(row), recoveries: summary(row).scf_recoveries }; });
const COLUMNS = [
  ['Verdict', x => ORDER[x.kind]], ['Molecule', x => x.row.name], ['Atoms', x => x.row.atoms], ['Frames', x => x.row.frames], ['Method', x => meta(x.row).qm_method || ''],
  ['Mean T / K', x => x.T], ['Wanted / K', x => (x.wanted[0] + x.wanted[1]) / 2], ['Drift per atom / kJ/mol/ps', x => x.drift], ['SCF recoveries', x => x.recoveries], ['What to know', x => x.why]];
const DRAWN = 120, AHEAD = 40, MARK = { FAIL: '✗', WARN: '!', WAIT: '…', PASS: '✓' };
// The error of the mean, or where the trajectory is too short to tell, what chance gives (under its name of today or of 0.1.0).
const errorOf = s => [s.mean_temperature_error_K, s.expected_spread_K, s.expected_error_K].find(isNumber);
const temperatureText = row => figures(summary(row).mean_temperature_K, 5) + (isNumber(errorOf(summary(row))) ? ' ± ' + figures(errorOf(summary(row)), 2) : '');
let sorted = 0, backwards = false, printing = false, first = 0, rowHeight = 30, view = items, open = -1;
function compare(a, b) {
  const x = COLUMNS[sorted][1](a), y = COLUMNS[sorted][1](b), nx = x === undefined || x !== x, ny = y === undefined || y !== y;
  if (nx || ny) return nx - ny || a.i - b.i;
  return (x < y ? -1 : x > y ? 1 : 0) * (backwards ? -1 : 1) || a.i - b.i;
}
function select() {
  const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  view = items.filter(x => { const t = (x.row.name + ' ' + x.word + ' ' + x.why).toLowerCase(); return words.every(w => t.includes(w)); }).sort(compare);
  byId('scroll').scrollTop = 0;
  tableDraw();
}

function headDraw() {
  const line = make('tr');
  COLUMNS.forEach(([name], c) => {
    const th = make('th', null, { scope: 'col', 'aria-sort': c !== sorted ? 'none' : backwards ? 'descending' : 'ascending' });
    const b = make('button', name + (c !== sorted ? '' : backwards ? ' ▼' : ' ▲'), { type: 'button', id: 'sort-' + c });
    b.onclick = () => { backwards = sorted === c && !backwards; sorted = c; select(); remember(); byId('sort-' + c).focus(); };
    th.append(b);
    line.append(th);
  });
  byId('head').replaceChildren(line);
}

function rowMake(x, place) {
  const tr = make('tr', null, { 'aria-rowindex': place + 2 }), name = make('td', null, { class: 'name' }), b = make('button', x.row.name, { type: 'button', id: 'open-' + x.i, title: shown(x.row.name) });
  if (x.i === open) tr.className = 'open';
  b.onclick = () => show(x.i, true);
  name.append(b);
  tr.append(make('td', MARK[x.kind] + ' ' + x.word, { class: x.kind }), name);
  const cell = (c, v, kind) => tr.append(make('td', v === undefined ? '–' : v, { class: kind, 'data-name': COLUMNS[c][0] }));
  cell(2, x.row.atoms, 'number');
  cell(3, x.row.frames, 'number');
  cell(4, meta(x.row).qm_method || '–', 'method');
  [temperatureText(x.row), wantedText(x.wanted), figures(x.drift, 3), x.recoveries].forEach((v, k) => cell(5 + k, v, 'number'));
  tr.append(make('td', x.why, { class: 'why', title: shown(x.why) }));
  return tr;
}

// Stands for rows that are not there.
function gap(rows) { const tr = make('tr', null, { class: 'gap', 'aria-hidden': 'true' }); tr.style.height = rows * rowHeight + 'px'; return tr; }

function bodyDraw() {
  const body = byId('body'), long = view.length > DRAWN, held = document.activeElement && document.activeElement.id;
  const part = long && !printing;
  first = part ? Math.max(0, Math.min(view.length - DRAWN, Math.floor(byId('scroll').scrollTop / rowHeight) - AHEAD)) : 0;
  const last = part ? Math.min(view.length, first + DRAWN) : view.length, some = view.slice(first, last).map((x, k) => rowMake(x, first + k));
  body.replaceChildren(...(first > 0 ? [gap(first)] : []), ...some, ...(last < view.length ? [gap(view.length - last)] : []));
  if (long) rowHeight = some[0].getBoundingClientRect().height || rowHeight;
  if (held && held.startsWith('open-') && byId(held)) byId(held).focus({ preventScroll: true });
}

function tableDraw() {
  byId('scroll').className = items.length > DRAWN ? 'wide long' : 'wide';
  byId('table').setAttribute('aria-rowcount', view.length + 1);
  headDraw();
  bodyDraw();
  byId('found').textContent = (view.length === items.length ? '' : view.length + ' of ') + items.length + (items.length === 1 ? ' trajectory' : ' trajectories');
}

// Paper does not scroll.
addEventListener('beforeprint', () => { printing = true; bodyDraw(); });
addEventListener('afterprint', () => { printing = false; bodyDraw(); });
let waiting = false;
byId('scroll').onscroll = () => {
  if (waiting || view.length <= DRAWN) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; if (Math.abs(Math.floor(byId('scroll').scrollTop / rowHeight) - AHEAD - first) > AHEAD / 2) bodyDraw(); });
};
