// The molecule: spheres and sticks on a canvas, drawn from back to front.
const COLOURS = { H: '#f4f4f4', C: '#6b6b6b', N: '#4d6dff', O: '#ee3124', F: '#7ad151', S: '#e6c229', P: '#ff8c1a', Cl: '#35c135', Br: '#a83232', I: '#8a2be2' };
const RADII = { H: 0.32, C: 0.75, N: 0.71, O: 0.64, F: 0.6, S: 1.04, P: 1.09, Cl: 0.99, Br: 1.14, I: 1.32 };
let stop = () => {};
function viewer(parent, d) {
  const n = d.symbols.length, count = d.pos ? new Int16Array(bytes(d.pos)) : new Int16Array(0), frames = n ? count.length / (3 * n) : 0, ps = floats(d.shown_ps);
  const part = make('section', null, { class: 'part tall scene' }), canvas = make('canvas', null, { tabindex: '0', role: 'img', 'aria-label': 'Molecule. Arrow keys turn it, plus and minus change its size, space plays.' });
  const slider = make('input', null, { type: 'range', min: 0, max: Math.max(frames - 1, 0), value: 0, 'aria-label': 'Frame', id: 'frame' });
  const play = make('button', 'Play', { type: 'button', id: 'play' }), labels = make('button', 'Labels', { type: 'button', id: 'labels', 'aria-pressed': 'false' }), picture = make('button', 'Save PNG', { type: 'button', id: 'picture' }), where = make('span', '', { id: 'where' });
  const controls = make('p', null, { class: 'buttons' });
  controls.append(play, ' ', labels, ' ', picture, ' ', where);
  part.append(make('h3', 'Molecule'), canvas, slider, controls);
  parent.append(part);
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
  return go;
}

