// The page as a whole.
function glance(parent, row, d) {
  const part = make('section', null, { class: 'part tall' }), table = make('table'), s = summary(row);
  const add = (a, b) => { const tr = make('tr'); tr.append(make('th', a, { scope: 'row' }), make('td', b)); table.append(tr); };
  const check = name => (row.checks || []).find(c => c.name === name);
  add('Frames', row.frames === undefined ? 'none' : `${row.frames} of ${row.atoms} atoms`);
  if (meta(row).qm_method) add('Method', meta(row).qm_method + (meta(row).solvent ? ', ' + meta(row).solvent : ''));
  if (isNumber(s.mean_temperature_K)) add('Mean temperature', temperatureText(row) + ' K' + (isNumber(wantedOf(row)[0]) ? `, wanted ${wantedText(wantedOf(row))} K` : ''));
  if (isNumber(driftOf(row))) add('Drift', figures(driftOf(row), 3) + ' kJ/mol/ps per atom');
  if (isNumber(s.scf_iterations_mean)) add('SCF', `${figures(s.scf_iterations_mean, 3)} builds per step; residual at most ${figures(s.scf_residual_max, 3)}, median ${figures(s.scf_residual_median, 3)}; ${s.scf_recoveries} recoveries, ${s.scf_diagonalisations} diagonalisations`);
  for (const name of ['labels', 'work']) if (check(name)) add(name === 'labels' ? 'Labels computed again' : 'Energy against forces', `${check(name).verdict}: ${check(name).sentence}`);
  if (d && d.frames) correlation(add, d);
  part.append(make('h3', 'At a glance'), table);
  parent.append(part);
}

function correlation(add, d) {
  const frame = d.frames > 1 ? (d.last_ps - d.first_ps) / (d.frames - 1) : NaN, short = ok => ok ? '' : ' at least: the trajectory is short for it';
  if (isNumber(d.tau_ps)) add('Autocorrelation of the potential energy', figures(d.tau_ps, 3) + ' ps' + short(d.tau_settled));
  if (isNumber(d.tau_torsions_ps)) add('of the slowest torsion', figures(d.tau_torsions_ps, 3) + ' ps' + short(d.tau_torsions_settled));
  const tau = Math.max(isNumber(d.tau_ps) ? d.tau_ps : 0, isNumber(d.tau_torsions_ps) ? d.tau_torsions_ps : 0), every = Math.max(1, Math.ceil(2 * tau / frame));
  if (tau > 0 && isFinite(every)) add('Frames worth keeping', `every ${every}: ${Math.max(1, Math.floor(d.frames / every))} independent ones`);
}

// The content may be a function that makes it when it is first looked at.
function details(parent, title, content) {
  const box = make('details');
  box.append(make('summary', title));
  if (typeof content === 'function') box.addEventListener('toggle', () => { if (box.children.length === 1) box.append(content()); });
  else box.append(content);
  parent.append(box);
}

function facts(parent, row) {
  if (row.checks) {
    const t = make('table'), wide = make('div', null, { class: 'wide' });
    for (const c of row.checks) { const tr = make('tr'); tr.append(make('td', c.verdict, { class: c.verdict === 'NOT RUN' ? '' : c.verdict }), make('td', c.name), make('td', c.sentence, { class: 'why' })); t.append(tr); }
    wide.append(t);
    details(parent, 'Checks, as by qmtraj check', wide);
  }
  if (row.warnings) { const list = make('ul'); for (const w of row.warnings) list.append(make('li', w)); details(parent, 'Warnings of the run', list); }
  if (row.metadata) { const pre = make('pre'); pre.textContent = JSON.stringify(row.metadata, null, 1).replace(UNSEEN, c => c === '\n' ? c : shown(c)); details(parent, 'Configuration and metadata of the file', pre); }
}

function show(i, jump) {
  stop();
  open = i;
  const part = byId('trajectory'), x = items[i], d = json('trajectory-' + i), row = { ...x.row, ...json('more-' + i) };
  part.replaceChildren(make('h2', x.row.name), make('p', x.word + (x.why ? ': ' + x.why : ''), { class: x.kind }));
  if (d && d.frames) parts(part, row, d);
  else {
    part.append(make('p', row.frames ? 'This page has no room for its curves. qmtraj view FILE makes a page of it alone.' : 'There are no frames to show.'));
    if (row.frames) glance(part, row, null);
  }
  facts(part, row);
  remember();
  tableDraw();
  if (jump) { part.focus({ preventScroll: true }); part.scrollIntoView(); }
}

function headline() {
  const n = k => items.filter(x => x.kind === k).length, add = (a, b) => a + (b || 0), methods = [...new Set(items.map(x => meta(x.row).qm_method).filter(Boolean))], drifts = items.map(x => x.drift).filter(isNumber);
  const frames = items.map(x => x.row.frames).reduce(add, 0), recoveries = items.map(x => x.recoveries).reduce(add, 0);
  document.title = 'qmtraj report: ' + shown(about.name);
  byId('title').textContent = shown(about.name);
  const p = byId('headline');
  p.replaceChildren();
  byId('table-part').hidden = !items.length;
  if (!items.length) { p.append('No trajectory yet.'); return; }
  for (const [k, word] of [['FAIL', 'fail'], ['WARN', 'with a warning'], ['WAIT', 'not finished or not checked'], ['PASS', 'pass']]) if (n(k)) p.append(make('span', `${MARK[k]} ${n(k).toLocaleString('en')} ${word}`, { class: k }), ' · ');
  p.append(`${items.length.toLocaleString('en')} ${items.length === 1 ? 'trajectory' : 'trajectories'} · ${frames.toLocaleString('en')} frames · ${shown(methods.join(', ') || 'method not known')}`);
  if (drifts.length) p.append(` · worst drift ${figures(Math.max(...drifts.map(Math.abs)), 2)} kJ/mol/ps per atom`);
  if (items.some(x => x.recoveries !== undefined)) p.append(` · ${recoveries} SCF recoveries`);
}

const HOW = [
  ['Verdicts', 'those of qmtraj check, with some frames of each file computed again; of what is not finished, the state that qmtraj status tells.'],
  ['Mean temperature', 'from summary.json, with the spread of such means that chance alone gives.'],
  ['Temperature', '2 Ekin / (dof k_B). The band is the canonical standard deviation of one frame, T sqrt(2/dof).'],
  ['Drift', 'mean size of the slopes of the NVE windows, else slope of the conserved energy, per atom.'],
  ['Curves over time', 'of each of 400 columns the least and the greatest value of all its frames (pale) and the mean (dark).'],
  ['Bonds', 'breaks beyond 1.7 and forms below 1.15 sums of covalent radii, in every frame, so that a vibration is no event.'],
  ['RMSD', 'all atoms, after the best superposition (Horn 1987, Theobald 2005).'],
  ['Autocorrelation', 'integrated time with a window of its own length (Sokal); independent frames are two of them apart.'],
  ['Spectra', 'Welch, Hann windows overlapping by half; states: sum of m |FT v|²; infrared: nu² |FT dipole|². Classical: no quantum corrections.'],
];
// What the configurations of all trajectories have in common, and the keys in which they differ.
function configuration() {
  const all = items.map(x => config(json('more-' + x.i) || {})).filter(c => Object.keys(c).length), text = v => JSON.stringify(v), pre = make('pre');
  const keys = [...new Set(all.flatMap(c => Object.keys(c)))], same = keys.filter(k => all.every(c => text(c[k]) === text(all[0][k])));
  pre.textContent = same.map(k => shown(`${k}: ${text(all[0][k])}`)).join('\n') + (same.length < keys.length ? '\n' + shown('# these differ, see each trajectory: ' + keys.filter(k => !same.includes(k)).join(', ')) : '');
  return pre;
}

function foot() {
  const f = byId('foot'), list = make('dl'), pre = make('pre');
  f.append(make('p', `qmtraj ${about.version}, build ${about.build}, parameters ${about.parameters}. Made by: qmtraj ${about.command}`, { class: 'note' }));
  for (const [a, b] of HOW) list.append(make('dt', a), make('dd', b));
  list.append(make('dt', 'Frames computed again'), make('dd', `${about.frames_again} of each file.`));
  details(f, 'How each number was computed', list);
  if (items.some(x => x.row.metadata)) details(f, 'Configuration', configuration);
  pre.textContent = about.citations;
  details(f, 'Citations (BibTeX)', pre);
}

// What is looked at stands behind the # of the address, so that a page that loads itself again comes back to it.
function remember() { history.replaceState(null, '', `#${open}&${sorted}&${+backwards}&${encodeURIComponent(byId('search').value)}`); }
function recall() {
  const [at, by, down, words] = location.hash.slice(1).split('&');
  if (COLUMNS[by]) sorted = +by;
  backwards = down === '1';
  try { byId('search').value = decodeURIComponent(words || ''); } catch { /* no text */ }
  return items[parseInt(at, 10)] ? parseInt(at, 10) : 0;
}

headline();
foot();
const asked = recall();
select();
byId('search').oninput = () => { select(); remember(); };
if (items.length) show(asked, false); else byId('trajectory').append(make('p', 'There is no trajectory here yet.' + (about.empty ? ' ' + about.empty : '')));
if (about.reload_s > 0) setTimeout(() => location.reload(), 1000 * about.reload_s);
