// What is shown of one trajectory: a panel each.
const spread = (n, [a, b]) => Float64Array.from({ length: n }, (_, i) => a + (b - a) * (n > 1 ? i / (n - 1) : 0));
const lost = c => c.lost ? ` ${c.lost} numbers are not finite.` : '';
const atomName = (d, atom) => d.symbols[atom - 1] + atom;

function temperaturePanel(grid, row, d, xs, span) {
  const known = meta(row).dof > 0, dof = known ? meta(row).dof : 3 * d.symbols.length, K = 2 / (dof * 0.00831446261815324);
  const c = curveOf(d.kinetic), T = { low: c.low.map(v => v * K), high: c.high.map(v => v * K), means: c.means.map(v => v * K) };
  // What the thermostat was set to, and above and below it the deviation of one frame.
  const wanted = wantedOf(row), has = isNumber(wanted[0]), path = d.wanted ? curveOf(d.wanted).means : null, far = Math.sqrt(2 / dof);
  const at = path ? xs : span, middle = path || wanted, above = Array.from(middle, t => t * (1 + far)), below = Array.from(middle, t => t * (1 - far));
  plot(grid, { title: 'Temperature', xLabel: 'time / ps', yLabel: 'T / K', xr: span, follows: true,
    yr: range(T.low, T.high, has ? above : [], has ? below : []),
    note: `Mean of all frames ${figures(c.mean * K, 5)} K` + (has ? `, wanted ${wantedText(wanted)} K. Between the thin dashes: the canonical standard deviation of one frame, ${wantedText(wanted.map(t => +(t * far).toPrecision(3)))} K` : '') +
      `, of ${dof} degrees of freedom${known ? '' : ' (three per atom: the file does not say)'}.` + (path ? ' Dashes: the temperature that the thermostat was set to.' : '') + lost(c),
    draw: (g, x, y) => {
      curveDraw(g, x, y, xs, T);
      if (!has) return;
      g.append(svg('path', { class: 'band', d: line(x, y, [...at, ...Array.from(at).reverse()], [...above, ...below.slice().reverse()]) + 'Z' }));
      for (const v of [below, above]) g.append(svg('path', { class: 'edge', d: line(x, y, at, v) }));
      g.append(svg('path', { class: 'wanted', d: line(x, y, at, middle) }));
    } });
}

function energyPanels(grid, row, d, xs, span) {
  const n = d.symbols.length, one = (title, c, note, more) => plot(grid, { title, note: note + lost(c), xLabel: 'time / ps', yLabel: 'E / kJ/mol', xr: span, yr: range(c.low, c.high), follows: true,
    draw: (g, x, y) => { curveDraw(g, x, y, xs, c); if (more) more(g, x, y); } });
  const potential = curveOf(d.potential), total = curveOf(d.total), conserved = curveOf(d.conserved);
  one('Potential energy', potential, `Mean ${figures(potential.mean, 9)} kJ/mol.`);
  const nve = config(row).ensemble === 'nve', known = nve || d.heat !== 'unknown', slope = d.conserved_slope, shadow = summary(row).shadow_drift_kJ_mol_ps;
  if (!nve) one('Total energy', total, `Mean ${figures(total.mean, 9)} kJ/mol.` + (known ? ' It exchanges heat with the thermostat.' : ' What the thermostat took is not in the file, so that nothing here is conserved' + (d.n_windows ? '; the NVE windows tell the drift.' : '.')));
  if (known) {
    const middle = (span[0] + span[1]) / 2, heat = nve ? '' : d.heat === 'file' ? ' Total energy less the heat from the thermostat.' : ' Total energy less the heat from the thermostat, whose steps were made again with its random numbers.';
    one('Conserved quantity', conserved, `Slope ${figures(slope, 3)} kJ/mol/ps, ${figures(slope / n, 3)} per atom (dashed); ${figures(d.conserved_rms, 3)} kJ/mol RMS about it.${heat}` + (isNumber(shadow) ? ` The shadow energy, which Verlet's steps conserve more exactly, drifts by ${figures(shadow, 3)} kJ/mol/ps.` : ''),
      (g, x, y) => { if (isNumber(slope)) g.append(svg('path', { class: 'wanted', d: line(x, y, span, span.map(t => conserved.mean + slope * (t - middle))) })); });
  }
  windowsPanel(grid, row, d);
}

function windowsPanel(grid, row, d) {
  if (!d.windows.length) return;
  const dt = config(row).dt_fs, far = isNumber(dt) ? dt / 1000 : 1, curves = d.windows.map(w => curveOf(w.curve)), longest = Math.max(...d.windows.map(w => (w.steps - 1) * far)), told = windowsOf(row);
  plot(grid, { title: 'NVE windows', xLabel: isNumber(dt) ? 'time in the window / ps' : 'step', yLabel: 'E − E(0) / kJ/mol', xr: [0, longest], yr: range(...curves.flatMap(c => [c.low, c.high])),
    note: `Total energy without a thermostat, ${d.windows.length} of ${d.n_windows} windows. ` + told.slice(0, 8).map((w, i) => `${i + 1}: from ${figures(w.begins_at_ps, 5)} ps, drift ${figures(w.drift_kJ_mol_ps, 3)} kJ/mol/ps, RMS ${figures(w.rms_kJ_mol, 3)} kJ/mol`).join('; ') + '.',
    draw: (g, x, y) => curves.forEach((c, i) => curveDraw(g, x, y, spread(c.low.length, [0, (d.windows[i].steps - 1) * far]), c)) });
}

const EVENT = { bond_breaks: 'breaks', bond_forms: 'forms', dissociation: 'breaks and the molecule falls apart', association: 'forms and joins two molecules', proton_transfer: 'changes over' };
function eventText(d, e) {
  const name = a => atomName(d, a);
  return (e.kind === 'proton_transfer' ? `${name(e.atoms[0])} goes from ${name(e.atoms[1])} to ${name(e.atoms[2])}` : `${e.atoms.map(name).join('–')} ${EVENT[e.kind]}`) + ` in frame ${e.frame}, ${figures(e.ps, 6)} ps`;
}

function bondsPanel(grid, d, ps, span, go) {
  const count = new Int16Array(bytes(d.pos)), N = d.symbols.length;
  // The bonds of the first frame, and those that come later.
  const pairs = d.bonds.slice(0, 400), key = p => Math.min(...p) + '-' + Math.max(...p), had = new Set(pairs.map(key));
  for (const e of d.events) for (const p of e.kind === 'proton_transfer' ? [[e.atoms[0] - 1, e.atoms[2] - 1]] : [[e.atoms[0] - 1, e.atoms[1] - 1]]) if (!had.has(key(p))) { had.add(key(p)); pairs.push(p); }
  const changed = new Set(d.events.flatMap(e => e.kind === 'proton_transfer' ? [key([e.atoms[0] - 1, e.atoms[1] - 1]), key([e.atoms[0] - 1, e.atoms[2] - 1])] : [key([e.atoms[0] - 1, e.atoms[1] - 1])]));
  const far = pairs.map(([a, b]) => ps.map((_, f) => { let s = 0; for (let q = 0; q < 3; q++) { const u = count[3 * (N * f + a) + q], v = count[3 * (N * f + b) + q]; if (u === -32768 || v === -32768) return NaN; s += (u - v) ** 2; } return d.step * Math.sqrt(s); }));
  if (!pairs.length) { grid.append(Object.assign(make('section', null, { class: 'part' }), { textContent: 'No two atoms are near enough for a bond, in any frame.' })); return; }
  plot(grid, { title: 'Bond lengths', xLabel: 'time / ps', yLabel: 'length / Å', xr: span, yr: range(...far), follows: true,
    note: `${d.bonds.length} bonds of the first frame${d.bonds.length > 400 ? ', 400 of them drawn' : ''}. ` + (d.n_events ? `${d.n_events} changes, found in all frames, at the vertical lines; bonds that change are drawn in their colour.` : 'None breaks and none forms, in any frame.'),
    draw: (g, x, y, yr) => {
      far.forEach((v, i) => g.append(svg('path', { class: changed.has(key(pairs[i])) ? 'curve changed' : 'curve thin', d: line(x, y, ps, v) })));
      for (const e of d.events) if (isNumber(e.ps)) g.append(svg('line', { class: 'mark', 'data-frame': e.frame, x1: x(e.ps), x2: x(e.ps), y1: y(yr[0]), y2: y(yr[1]) }));
    } });
  if (!d.events.length) return;
  const list = make('ul', null, { class: 'events' });
  for (const e of d.events.slice(0, 20)) {
    const item = make('li'), b = make('button', eventText(d, e), { type: 'button', class: 'link' });
    b.onclick = () => go(Math.round(e.frame / d.shown_every));
    item.append(b);
    list.append(item);
  }
  if (d.n_events > 20) list.append(make('li', `and ${d.n_events - 20} more`));
  grid.lastChild.append(list);
}

// All pairs of frames, in 16 shades, each one path; what they stand for is on the right.
function matrixPanel(grid, d) {
  const m = d.matrix;
  if (!m || m.n < 3) return;
  const steps = new Uint8Array(bytes(m.steps)), shades = Array.from({ length: 16 }, () => ''), side = (H - B - T) / m.n, ps = floats(d.shown_ps), span = [ps[0], ps[(m.n - 1) * m.every]];
  const shade = s => `hsl(${250 - 12 * s} 60% ${22 + 4 * s}%)`, step = (H - B - T) / 16;
  plot(grid, { title: 'RMSD between frames', xLabel: 'time / ps', yLabel: 'time / ps', xr: span, yr: span, tight: true, right: W - L - (H - B - T),
    note: `${m.n} frames, each with each, after the best superposition. Blocks along the diagonal are conformers.`,
    draw: g => {
      const cell = (i, j) => `M${(L + i * side).toFixed(2)} ${(H - B - (j + 1) * side).toFixed(2)}h${side.toFixed(2)}v${side.toFixed(2)}h${-side.toFixed(2)}z`;
      for (let a = 0, k = 0; a < m.n; a++) { shades[0] += cell(a, a); for (let b = 0; b < a; b++, k++) if (steps[k] < 255) shades[steps[k] >> 4] += cell(a, b) + cell(b, a); }
      shades.forEach((path, s) => { if (path) g.append(svg('path', { d: path, fill: shade(s), class: 'cell' })); });
      const left = L + (H - B - T) + 30;
      for (let s = 0; s < 16; s++) g.append(svg('rect', { x: left, y: (H - B - (s + 1) * step).toFixed(2), width: 18, height: (step + 0.3).toFixed(2), fill: shade(s), class: 'cell' }));
      for (const k of [0, 0.5, 1]) g.append(svg('text', { x: left + 24, y: H - B - k * (H - B - T) + 4 + (k === 1 ? 6 : 0) }, figures(k * m.greatest, 3) + (k === 1 ? ' Å' : '')));
    } });
}

function histogram(values, bins, low, high) {
  const h = new Float32Array(bins);
  for (const v of values) if (isFinite(v)) h[Math.min(bins - 1, Math.max(0, Math.floor((v - low) / (high - low) * bins)))]++;
  return h;
}

function torsionPanels(grid, d) {
  for (const p of d.peptides) {
    const phi = floats(p.phi), psi = floats(p.psi);
    plot(grid, { title: `Ramachandran, residue of C${p.alpha}`, xLabel: 'φ / degrees', yLabel: 'ψ / degrees', xr: [-180, 180], yr: [-180, 180], xStep: 90, yStep: 90, tight: true, note: `${phi.length} frames.`,
      draw: (g, x, y) => phi.forEach((v, i) => { if (isFinite(v) && isFinite(psi[i])) g.append(svg('circle', { class: 'dot', cx: x(v).toFixed(1), cy: y(psi[i]).toFixed(1), r: 2.2 })); }) });
  }
  for (const t of d.torsions) {
    const h = histogram(floats(t.degrees), 36, -180, 180), sum = h.reduce((a, b) => a + b, 0) || 1;
    plot(grid, { title: `Torsion ${t.atoms.map(a => atomName(d, a)).join('–')}`, xLabel: 'angle / degrees', yLabel: 'part of the frames', xr: [-180, 180], yr: [0, Math.max(...h) / sum], xStep: 90, note: `${sum} frames.`,
      draw: (g, x, y) => h.forEach((v, i) => g.append(svg('rect', { class: 'area', x: x(-180 + 10 * i), width: x(10) - x(0), y: y(v / sum), height: y(0) - y(v / sum) }))) });
  }
}

function forcesPanel(grid, d) {
  if (!d.forces.length) return;
  const all = d.forces.map(f => [f.element, floats(f.counts)]), longest = Math.max(...all.map(f => f[1].length)), w = Math.ceil(longest / 50);
  const bars = all.map(([element, h]) => { const sums = []; for (let i = 0; i < h.length; i += w) sums.push(h.slice(i, i + w).reduce((a, b) => a + b, 0)); const n = sums.reduce((a, b) => a + b, 0); return { element, n, part: sums.map(v => v / n) }; });
  plot(grid, { title: 'Forces by element', xLabel: 'force / kJ/mol/nm', yLabel: 'part', xr: [0, longest * d.force_bin], yr: [0, Math.max(...bars.flatMap(b => b.part))],
    note: `Magnitudes of ${bars.map(b => `${b.n} forces on ${b.element}`).join(', ')}. The greatest is ${figures(d.force_max, 4)} kJ/mol/nm.`,
    draw: (g, x, y) => bars.forEach((b, i) => {
      let path = `M${x(0)} ${y(0)}`;
      b.part.forEach((v, k) => { path += `V${y(v).toFixed(1)}H${x((k + 1) * w * d.force_bin).toFixed(1)}`; });
      g.append(svg('path', { class: `curve element${i % 5}`, d: path + `V${y(0)}` }));
      g.append(svg('path', { class: `curve element${i % 5}`, d: `M${W - 80} ${T + 12 + 17 * i}h32` }), svg('text', { x: W - 42, y: T + 16 + 17 * i }, b.element));
    }) });
}

function spectrumPanels(grid, d) {
  const s = d.spectrum;
  if (!s) return;
  for (const [key, title] of [['states', 'Vibrational density of states'], ['infrared', 'Infrared spectrum']]) {
    if (!s[key]) continue;
    const v = floats(s[key]), wn = Float64Array.from(v, (_, k) => k * s.step);
    plot(grid, { title, xLabel: 'wavenumber / cm⁻¹', yLabel: 'per cm⁻¹', xr: [0, Math.min(4500, (v.length - 1) * s.step)], yr: range([0], v),
      note: `From the ${key === 'states' ? 'velocities, weighted by mass' : 'dipoles, times the square of the frequency'}: Hann windows of ${figures(s.window_ps, 4)} ps (${s.segments} of them), lines ${figures(s.resolution, 3)} cm⁻¹ wide, area 1. ` + (s.limit < 4000 ? `Frames are too far apart for more than ${figures(s.limit, 4)} cm⁻¹; what is faster is folded back. ` : '') + 'Rotation of the molecule is in it.',
      draw: (g, x, y) => g.append(svg('path', { class: 'curve', d: line(x, y, wn, v) })) });
  }
}

function propertyPanels(grid, d, xs, span) {
  for (const p of d.properties) {
    const c = curveOf(p.curve), what = p.axes === '' ? '' : p.axes[0] === '3' ? 'Its magnitude. ' : 'The least and the greatest of the molecule, and their mean. ';
    plot(grid, { title: p.title[0].toUpperCase() + p.title.slice(1), xLabel: 'time / ps', yLabel: `${p.name}${p.unit && p.unit !== '1' ? ' / ' + p.unit : ''}`, xr: span, yr: range(c.low, c.high), follows: true, note: `The property ${p.name} of the file. ${what}Mean ${figures(c.mean, 6)}.` + lost(c),
      draw: (g, x, y) => curveDraw(g, x, y, xs, c) });
  }
}

function parts(parent, row, d) {
  const grid = make('div', null, { id: 'parts' });
  parent.append(grid);
  cursors = [];
  const go = viewer(grid, d);
  glance(grid, row, d);
  if (d.frames) {
    const span = [d.first_ps, d.last_ps], ps = floats(d.shown_ps), rmsd = floats(d.rmsd).map(v => 10 * v), xs = spread(floats(d.kinetic.low).length, span);
    temperaturePanel(grid, row, d, xs, span);
    energyPanels(grid, row, d, xs, span);
    bondsPanel(grid, d, ps, span, go);
    plot(grid, { title: 'RMSD to the first frame', xLabel: 'time / ps', yLabel: 'RMSD / Å', xr: span, yr: range([0], rmsd), follows: true, note: 'All atoms, after the best superposition.', draw: (g, x, y) => g.append(svg('path', { class: 'curve', d: line(x, y, ps, rmsd) })) });
    matrixPanel(grid, d);
    torsionPanels(grid, d);
    forcesPanel(grid, d);
    spectrumPanels(grid, d);
    propertyPanels(grid, d, xs, span);
  }
  go(0);
}
