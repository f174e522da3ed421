"""The page of `qmtraj report` in a browser: what it shows, that it plays, and that no name or number harms it.

Screenshots stay in the build folder, browser/. Without Chromium (tools/setup.sh test installs it) nothing is run.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import numpy

import chromium

QMTRAJ = os.environ["QMTRAJ"]
PICTURES = pathlib.Path(os.environ["QMTRAJ_BUILD"]) / "browser"
WATER = "3\nwater\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n"
# Alanine between two amides: a residue with phi and psi.
PEPTIDE = """22
alanine dipeptide
C -2.52 1.04 -1.51
C -1.69 0.57 -0.34
O -1.66 1.18 0.73
N -0.95 -0.55 -0.58
C -0.05 -1.12 0.43
C 0.12 -2.61 0.19
C 1.32 -0.39 0.42
O 2.39 -0.97 0.32
N 1.22 0.98 0.62
C 2.39 1.80 0.80
H -2.65 0.24 -2.25
H -3.50 1.34 -1.16
H -2.02 1.89 -1.98
H -0.77 -0.80 -1.55
H -0.50 -0.97 1.42
H -0.84 -3.12 0.21
H 0.58 -2.81 -0.79
H 0.77 -3.06 0.95
H 0.32 1.34 0.92
H 2.74 1.67 1.83
H 3.18 1.50 0.11
H 2.11 2.84 0.63
"""
HOSTILE = ['<script>window.harm=1<', "<img src=x onerror=window.harm=1>", "\"quoted' &amp; more", "\x1b[31mred", "\u202etxt.live"]


def qmtraj(*words, fails=False):
    done = subprocess.run([QMTRAJ, *map(str, words)], capture_output=True, text=True, check=False)
    assert fails or done.returncode == 0, (words, done.stdout, done.stderr)
    return done


def run(into, *inputs, length=0.1, fails=False, **options):
    words = [w for key, value in options.items() for w in ("--" + key, value) if w != ""]
    return qmtraj("run", *inputs, "--out", into, "--length_ps", length, "--equilibration_ps", 0, "--dt_fs", 0.5, *words, fails=fails)


def foreign(path, atoms, frames, spoil=False, pos=None, types=None, **more):
    """A trajectory of another program: a grid of carbons that tremble, or what is given (nm)."""
    random = numpy.random.default_rng(1)
    side = int(numpy.ceil(atoms ** (1 / 3)))
    grid = 0.15 * numpy.array([(i, j, k) for i in range(side) for j in range(side) for k in range(side)][:atoms])
    pos = (grid[None] + 0.005 * random.normal(size=(frames, atoms, 3)) if pos is None else pos).astype("f4")
    if spoil:
        pos[frames // 2, 0, 0] = numpy.nan
    small = (0.1 * random.normal(size=pos.shape)).astype("f4")
    energy = random.normal(size=frames)
    if spoil:
        energy[frames // 2] = numpy.nan
    numpy.savez(path, pos=pos, vel=small, forces=small, Ekin=1 + energy**2, Epot=energy, Etot=1 + energy + energy**2,
                time_ps=0.001 * numpy.arange(frames), masses=numpy.full(atoms, 12.011, "f4"),
                atom_types=numpy.array(types or [6] * atoms, "i4"), box=numpy.broadcast_to(numpy.eye(3, dtype="f4"), (frames, 3, 3)), **more)


def clean(browser, page):
    """No request but for the page itself, nothing on the console, nothing ran."""
    others = [url for url in browser.requests if not re.match(r"file:.*/report[^/]*\.html(#.*)?$|blob:null/|data:image/", url)]
    assert not others, others
    assert not browser.console, browser.console
    assert browser.run("window.harm") is None, page


def ratio(one, other):
    """Contrast of two colours, as WCAG 2 defines it."""
    def light(text):
        channel = [int(x) / 255 for x in re.findall(r"\d+", text)[:3]]
        return sum(w * (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4) for w, c in zip((0.2126, 0.7152, 0.0722), channel))
    a, b = sorted((light(one), light(other)))
    return (b + 0.05) / (a + 0.05)


def contrast(browser):
    """Text 4.5 : 1 on what lies behind it, curves 3 : 1 (WCAG 2 AA), in both schemes."""
    script = """(() => { const behind = e => { for (; e; e = e.parentElement) { const b = getComputedStyle(e).backgroundColor; if (b !== 'rgba(0, 0, 0, 0)') return b; } };
      const seen = {}; for (const e of document.querySelectorAll('body *')) { const s = getComputedStyle(e), svg = e.namespaceURI.endsWith('svg');
        if (svg && e.tagName === 'text') seen['text ' + s.fill + ' ' + behind(e)] = [s.fill, behind(e), 4.5];
        else if (svg && ['curve', 'wanted', 'mark', 'cursor', 'axis'].some(c => e.classList.contains(c))) seen['curve ' + s.stroke] = [s.stroke, behind(e), 3];
        else if (!svg && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && !['SCRIPT', 'STYLE'].includes(e.tagName) && !e.disabled) seen['text ' + s.color + ' ' + behind(e)] = [s.color, behind(e), 4.5]; }
      return Object.entries(seen); })()"""
    for scheme in ("light", "dark"):
        browser.media("", scheme)
        found = browser.run(script)
        assert len(found) > 5, found
        for name, (colour, behind, least) in found:
            assert ratio(colour, behind) >= least, (scheme, name, ratio(colour, behind))
    browser.media()


def drawn(browser):
    """How many different colours the canvas has, and a sum that tells two pictures apart."""
    return browser.run("""(() => { const c = document.querySelector('canvas'), o = document.createElement('canvas'); o.width = c.width; o.height = c.height;
      const g = o.getContext('2d', { willReadFrequently: true }); g.drawImage(c, 0, 0); const d = g.getImageData(0, 0, c.width, c.height).data, seen = new Set(); let sum = 0;
      for (let i = 0; i < d.length; i += 4) { seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); sum = (sum * 31 + d[i] + 7 * d[i + 1] + 13 * d[i + 2] + d[i + 3]) >>> 0; } return [seen.size, sum]; })()""")


def what_is_shown(browser, folder, page):
    summary = json.loads((folder / "summary.json").read_text())
    seconds = browser.open(page)
    assert seconds < 3, seconds
    assert browser.run("document.title") == "qmtraj report: " + str(folder)
    rows = browser.run("[...document.querySelectorAll('#body tr')].map(r => [...r.cells].map(c => c.textContent))")
    told = {t["molecule"]: t for t in summary["trajectories"]}
    assert len(rows) == len(told), (rows, list(told))
    for row in rows:
        about = told[row[1]]
        if "mean_temperature_K" in about:
            assert abs(float(row[5].split()[0]) - about["mean_temperature_K"]) <= 1e-4 * about["mean_temperature_K"], (row, about)
            assert int(row[3]) == about["frames"], (row, about)
    assert f"{len(rows)} trajector" in browser.run("document.getElementById('headline').textContent")
    clean(browser, page)
    return rows


def panels(browser):
    titles = browser.run("[...document.querySelectorAll('.part h3')].map(e => e.textContent)")
    for wanted in ("Molecule", "At a glance", "Temperature", "Potential energy", "Conserved quantity", "Bond lengths", "RMSD to the first frame",
                   "RMSD between frames", "Forces by element", "Vibrational density of states", "Infrared spectrum"):
        assert wanted in titles, (wanted, titles)
    assert any(t.startswith("Ramachandran") for t in titles) and any(t.startswith("Torsion") for t in titles), titles
    foot = browser.run("document.getElementById('foot').textContent")
    for wanted in ("10.1021/acs.jctc.8b01176", "How each number was computed", "qmtraj report"):
        assert wanted in foot, wanted
    # each label of an axis has a unit or is a part of something
    labels = browser.run("[...document.querySelectorAll('.part svg')].map(g => [...g.querySelectorAll('text')].map(t => t.textContent).filter(t => /[a-zφψ]/i.test(t)).join('|'))")
    assert all("/" in text or "part" in text for text in labels), labels


def saving(browser):
    """What a button would save is a drawing of its own, with its colours in it."""
    text = browser.run("alone(document.querySelector('.part svg'))")
    assert text.startswith("<svg") and "xmlns" in text and "rgb(" in text and "class" in text, text[:200]
    name = browser.run("new Promise(done => { const was = download; download = (url, name) => { download = was; done(name + ' ' + url.slice(0, 21)); }; document.querySelectorAll('.save')[1].click(); })")
    assert name == "Temperature.png data:image/png;base64", name
    name = browser.run("new Promise(done => { const was = download; let made; const make = URL.createObjectURL; URL.createObjectURL = blob => { made = blob; return make(blob); }; download = async (url, name) => { download = was; URL.createObjectURL = make; done(name + ' ' + (await made.text()).slice(0, 4)); }; document.querySelectorAll('.save')[0].click(); })")
    assert name == "Temperature.svg <svg", name
    name = browser.run("new Promise(done => { const was = download; download = (url, name) => { download = was; done(name + ' ' + url.length); }; document.getElementById('picture').click(); })")
    assert name.startswith("molecule.png") and int(name.split()[1]) > 3000, name


def motion(browser):
    cursor = "document.querySelector('.cursor').getAttribute('x1')"
    colours, before = drawn(browser)
    assert colours > 10, "the molecule is not drawn"
    at = browser.run(cursor)
    browser.run("document.getElementById('play').click()")
    deadline = time.monotonic() + 20
    while browser.run("document.getElementById('frame').value") in ("0", "1") and time.monotonic() < deadline:
        browser.run("new Promise(done => requestAnimationFrame(done))")
    browser.run("document.getElementById('play').click()")
    assert drawn(browser)[1] != before, "the molecule does not move"
    assert browser.run(cursor) != at, "the cursors stay"
    browser.run("(() => { const s = document.getElementById('frame'); s.value = s.max; s.oninput(); })()")
    ends = browser.run("[...document.querySelectorAll('.cursor')].map(c => c.getAttribute('x1'))")
    assert len(ends) >= 5 and set(ends) == {"466.00"}, ends
    # without a mouse: the canvas can be reached and turned, the slider moved, a row opened
    browser.run("document.querySelector('canvas').focus()")
    before = drawn(browser)[1]
    browser.key("ArrowLeft")
    assert drawn(browser)[1] != before, "the keyboard does not turn the molecule"
    browser.run("document.querySelector('canvas').scrollIntoView({ block: 'center' })")
    x, y = browser.run("(() => { const r = document.querySelector('canvas').getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()")
    for fingers in (1, 2):
        before = drawn(browser)[1]
        browser.touch("touchStart", *[(x + 20 * f, y) for f in range(fingers)])
        browser.touch("touchMove", *[(x + 60 * f + 30, y) for f in range(fingers)])
        browser.touch("touchEnd")
        assert drawn(browser)[1] != before, f"{fingers} fingers change nothing"
    browser.run("document.getElementById('frame').focus()")
    browser.key("Home")
    assert browser.run(cursor) == at, "the keyboard does not move the slider"
    browser.run("document.querySelectorAll('#body tr')[1].querySelector('button').focus()")
    browser.key("Enter", "\r")
    assert browser.run("document.querySelector('#trajectory h2').textContent") == browser.run("document.querySelectorAll('#body tr')[1].cells[1].textContent")


def pictures(browser, page):
    for width in (360, 1280, 2560):
        browser.size(width, 900)
        browser.media("", "light")
        browser.open(page)
        assert browser.run("document.documentElement.scrollWidth") <= width, width
        browser.picture(PICTURES / f"report-{width}.png")
        browser.media("", "dark")
        browser.picture(PICTURES / f"report-{width}-dark.png")
    browser.size(1280, 900)
    browser.media("print")
    browser.picture(PICTURES / "report-print.png")
    browser.media()


def wait_for(browser, what):
    """A scroll takes its time: two minutes at most, for a browser with a twelfth of a core."""
    deadline = time.monotonic() + 120
    while not browser.run("new Promise(done => requestAnimationFrame(() => done(!!(" + what + "))))"):
        assert time.monotonic() < deadline, what


def many_rows(browser, page, into):
    """10,000 rows: the last row of a page, over and over."""
    text = page.read_text()
    begin = text.index('id="rows">[') + len('id="rows">[')
    end = text.index("]</script>", begin)
    assert end - begin < 4000 * len(json.loads("[" + text[begin:end] + "]")), "rows are long"
    row = json.loads("[" + text[begin:end] + "]")[-1]
    rows = ",\n".join(json.dumps(dict(row, name=f"molecule-{i:05}", atoms=i % 97)) for i in range(10000))
    into.write_text(text[:begin] + rows.replace("<", "\\u003c") + text[end:])
    wall = time.monotonic()
    seconds = browser.open(into)
    wall = time.monotonic() - wall
    assert seconds < 3, f"10,000 rows open in {seconds:.1f} s"
    worked = browser.worked()
    search = "(text => { const s = document.getElementById('search'); s.value = text; s.oninput(); })"
    browser.run(search + "('molecule-0999')")
    assert browser.run("document.querySelectorAll('#body tr').length") == 10
    browser.run(search + "(''); document.getElementById('sort-2').click(); document.getElementById('sort-2').click()")
    assert browser.run("document.querySelector('#body tr').cells[2].textContent") == "96"
    browser.run("document.getElementById('sort-1').click()")
    # scrolled from end to end, the rows in view are always there, each in its place
    browser.run("""(async () => { const box = document.getElementById('scroll'), next = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
      for (let k = 0; k <= 50; k++) { box.scrollTop = k / 50 * box.scrollHeight; await next();
        const all = box.getBoundingClientRect(), top = document.querySelector('#head th').getBoundingClientRect().bottom;
        for (const y of [top + 5, (top + all.bottom) / 2, all.top + box.clientHeight - 5]) { const tr = document.elementFromPoint(all.left + 40, y).closest('tr');
          if (!tr || tr.className === 'gap') throw new Error('no row at ' + k); } }
      if (document.querySelector('#body tr:last-child .name').textContent !== 'molecule-09999') throw new Error('not at the end'); })()""")
    # with the keyboard alone
    browser.run("document.getElementById('scroll').focus()")
    browser.key("Home")
    wait_for(browser, "document.getElementById('scroll').scrollTop === 0 && document.querySelector('#body tr').getAttribute('aria-rowindex') === '2'")
    browser.run("document.querySelectorAll('#body tr button')[0].focus()")
    for _ in range(150):
        browser.key("Tab")
    assert browser.run("document.activeElement.textContent") == "molecule-00150", browser.run("document.activeElement.textContent")
    browser.key("Enter", "\r")
    assert browser.run("document.querySelector('#trajectory h2').textContent") == "molecule-00150"
    worked = browser.worked() - worked
    # loaded again, as --watch does, it shows the same
    browser.run(search + "('molecule-0015')")
    browser.again()
    assert browser.run("document.querySelector('#trajectory h2').textContent") == "molecule-00150"
    assert browser.run("document.querySelectorAll('#body tr').length") == 10
    print(f"10,000 rows: open in {seconds:.2f} s of the page's thread, {wall:.2f} s by the clock; searched, sorted, scrolled and walked through in {worked:.2f} s")
    clean(browser, into)


def hostile(browser, folder):
    source = folder / "hostile in"
    source.mkdir()
    for i, name in enumerate(HOSTILE):
        (source / (name + ".xyz")).write_text(WATER.replace("water", name.replace("\x1b", "")))
    (source / "clash.xyz").write_text("2\nclash\nC 0 0 0\nC 0 0 0.05\n")
    run(folder / "hostile", *source.iterdir(), length=0.02, fails=True)
    page = folder / "report hostile.html"
    qmtraj("report", folder / "hostile", "-o", page, "--frames", 0)
    browser.open(page)
    clean(browser, page)
    rows = browser.run("[...document.querySelectorAll('#body tr')].map(r => [...r.cells].map(c => c.textContent))")
    assert len(rows) == len(HOSTILE) + 1, rows
    bad = [row for row in rows if row[0].startswith("✗")]
    assert "clash" in [row[1] for row in bad] and all(row[-1] for row in bad) and rows[: len(bad)] == bad, rows
    text = browser.run("document.body.textContent")
    assert "\x1b" not in text and "\u202e" not in text
    assert browser.run("document.querySelectorAll('img').length") == 0
    for i in range(len(rows)):
        browser.run(f"document.querySelectorAll('#body tr')[{i}].querySelector('button').click()")
        clean(browser, page)


def odd_files(browser, folder):
    def view(path, *words):
        page = folder / "report odd.html"
        qmtraj("view", path, "-o", page, *words)
        seconds = browser.open(page)
        clean(browser, page)
        assert seconds < 3, (path, seconds)
        return browser.run("document.getElementById('trajectory').textContent")

    foreign(folder / "large.npz", 500, 30)
    assert "500 atoms" in view(folder / "large.npz")
    assert drawn(browser)[0] > 10
    frame_rate(browser, 500, 200)
    foreign(folder / "hundred.npz", 100, 300)
    assert "100 atoms" in view(folder / "hundred.npz")
    frame_rate(browser, 100, 33)
    foreign(folder / "spoilt.npz", 8, 40, spoil=True)
    text = view(folder / "spoilt.npz")
    assert "1 numbers are not finite" in text and "NaN" in text, text
    foreign(folder / "one.npz", 8, 1)
    assert "1 of 8 atoms" in view(folder / "one.npz")
    run(folder / "packed", folder / "water.xyz", length=0.02, pack="")
    page = folder / "report packed.html"
    qmtraj("report", folder / "packed", "-o", page)
    browser.open(page)
    clean(browser, page)
    assert "PASS" in browser.run("document.querySelector('#body tr').textContent") and drawn(browser)[0] > 10


def frame_rate(browser, atoms, most_ms):
    """Plays for two seconds. Held is the time of the page's thread per frame, which no other work makes longer."""
    worked = browser.worked()
    frames, seconds = browser.run("""new Promise(done => { const f = document.getElementById('frame'), seen = new Set(), begin = performance.now(); document.getElementById('play').click();
      const look = () => { seen.add(f.value); if (performance.now() - begin < 2000) requestAnimationFrame(look); else { document.getElementById('play').click(); done([seen.size, (performance.now() - begin) / 1000]); } }; look(); })""")
    milliseconds = 1000 * (browser.worked() - worked) / frames
    assert milliseconds < most_ms, (atoms, milliseconds)
    print(f"{atoms} atoms: {frames / seconds:.0f} frames a second drawn without a graphics card, {milliseconds:.1f} ms of the page's thread each")


def planted(browser, folder):
    """A bond that only vibrates, one that breaks, and a proton that goes over: marked where the distances say so."""
    frames, wave = 200, 0.015 * numpy.sin(numpy.arange(200))
    bond = 0.63 + 0.32  # angstrom, covalent radii of O and H: Pyykko, Atsumi, Chem. Eur. J. 15, 186 (2009)
    water = numpy.zeros((frames, 3, 3))
    water[:, 1, 0] = 0.096 + wave
    water[:, 2, :2] = -0.024, 0.093
    away = numpy.where(numpy.arange(frames) < 120, 0.096 + wave, 0.096 + 0.004 * (numpy.arange(frames) - 119))
    broken = water.copy()
    broken[:, 1, 0] = away
    # H3O+ and water, the oxygens 2.5 angstrom apart: the proton between them goes over in 100 frames, and trembles
    shuttle = numpy.zeros((frames, 7, 3))
    shuttle[:, 1, 0] = 0.25
    shuttle[:, 2, 0] = 0.1 + 0.0005 * numpy.clip(numpy.arange(frames) - 50, 0, 100) + 0.2 * wave
    shuttle[:, 3:5] = [[-0.05, 0.08, 0], [-0.05, -0.08, 0]]
    shuttle[:, 5:7] = [[0.3, 0, 0.08], [0.3, 0, -0.08]]
    here, there = 10 * shuttle[:, 2, 0], 10 * (0.25 - shuttle[:, 2, 0])
    over = int(numpy.argmax((there < 1.15 * bond) & (here > 1.3 * bond)))
    for name, pos, types, kind, at in (("vibrates", water, (8, 1, 1), None, None),
                                       ("breaks", broken, (8, 1, 1), "dissociation", int(numpy.argmax(10 * away > 1.7 * bond))),
                                       ("proton", shuttle, (8, 8, 1, 1, 1, 1, 1), "proton_transfer", over)):
        foreign(folder / f"{name}.npz", len(types), frames, pos=pos, types=types)
        page = folder / f"report {name}.html"
        qmtraj("view", folder / f"{name}.npz", "-o", page, "--frames", 0)
        browser.open(page)
        clean(browser, page)
        found = browser.run("json('trajectory-0').events")
        assert [(e["kind"], e["frame"]) for e in found] == ([(kind, at)] if kind else []), (name, at, found)
        marks = browser.run("[...document.querySelectorAll('.mark')].map(m => m.dataset.frame)")
        assert marks == ([str(at)] if kind else []), (name, marks)
        note = browser.run("document.getElementById('trajectory').textContent")
        assert (f"in frame {at}" if kind else "None breaks and none forms") in note, note
        if kind:
            browser.run("document.querySelector('.events button').click()")
            assert browser.run("document.getElementById('frame').value") == str(at), at


def paper(browser, page):
    """On A4 every column and every row, of however many."""
    browser.open(page)
    browser.media("print")
    browser.size(717, 1000)  # pixels of CSS between margins of 1 cm: 190 mm at 96 per inch
    browser.run("dispatchEvent(new Event('beforeprint'))")
    rows, right = browser.run("[document.querySelectorAll('#body tr:not(.gap)').length, Math.max(...[...document.querySelectorAll('#body tr')].slice(0, 50).map(r => r.lastChild.getBoundingClientRect().right))]")
    assert rows == 10000 and right <= 717, (rows, right)
    browser.run("dispatchEvent(new Event('afterprint'))")
    browser.media()
    browser.size(1280, 900)
    assert browser.run("document.querySelectorAll('#body tr:not(.gap)').length") < 1000


def metadata_of_others(browser, folder):
    """Whatever the metadata hold, the page is there; a ramp is what was wanted; bonds begin as the metadata list them, as those of
    `qmtraj check` do: a proton that begins between two oxygens changes nothing."""
    frames = 60
    between = numpy.zeros((frames, 7, 3))
    between[:, 1, 0] = 0.25
    between[:, 2, 0] = 0.125 + 0.02 * numpy.sin(numpy.arange(frames) / 3)
    between[:, 3:5] = [[-0.05, 0.08, 0], [-0.05, -0.08, 0]]
    between[:, 5:7] = [[0.3, 0, 0.08], [0.3, 0, -0.08]]
    bonds = [[2, 0], [2, 1], [3, 0], [4, 0], [5, 1], [6, 1]]
    for windows in ([None, 3], {"a": 1}, "abc", [{"drift_kJ_mol_ps": "<b>"}], None):
        metadata = {"config": {"temperature_K": 300, "temperature_ramp_K": [100, 900]}, "summary": {"mean_temperature_K": 494, "nve_windows": windows}, "bonds": bonds}
        foreign(folder / "others.npz", 7, frames, pos=between, types=(8, 8, 1, 1, 1, 1, 1), metadata=json.dumps(metadata))
        page = folder / "report others.html"
        qmtraj("view", folder / "others.npz", "-o", page, "--frames", 0)
        browser.open(page)
        clean(browser, page)
        text = browser.run("document.body.innerText")
        assert "wanted 100 to 900 K" in text and "wanted 300" not in text, (windows, text)
        assert browser.run("document.querySelector('#body tr').cells[6].textContent") == "100 to 900"
        assert browser.run("json('trajectory-0').events") == [] and "None breaks and none forms" in text, text
        assert "the NVE windows tell the drift" not in text, text


def load(folder, name):
    return numpy.load(next((folder / name).rglob("trajectory.npz")))


def conserved(browser, folder):
    """Of a Langevin thermostat the file has no heat: it is that of the steps made again, and the slope that of the run."""
    for thermostat, words, said in (("langevin", {"friction_per_ps": 5}, "made again"), ("bussi", {"thermostat_time_ps": 0.1}, "less the heat from the thermostat.")):
        into = folder / thermostat
        run(into, folder / "water.xyz", length=0.5, ensemble="nvt", thermostat=thermostat, **words)
        page = folder / f"report {thermostat}.html"
        qmtraj("report", into, "-o", page, "--frames", 0)
        browser.open(page)
        clean(browser, page)
        assert said in browser.run("document.getElementById('trajectory').textContent"), thermostat
        data = load(into, "water")
        told = json.loads(str(data["metadata"]))["summary"]["drift_kJ_mol_ps"]
        slope, low, high = browser.run("(d => { const c = curveOf(d.conserved); return [d.conserved_slope, Math.min(...c.low), Math.max(...c.high)]; })(json('trajectory-0'))")
        # the file has velocities in float32: 6e-8 of some 10 kJ/mol, over 0.5 ps
        assert abs(slope - told) < 1e-5 + 1e-4 * abs(told), (thermostat, slope, told)
        # and it does what Etot does not: it holds
        assert high - low < 0.2 * numpy.ptp(data["Etot"]), (thermostat, low, high)


def torsion(a, b, c, d):
    """IUPAC's sign: positive if the front bond turns clockwise to cover the rear one."""
    middle = c - b
    one, two = numpy.cross(b - a, middle), numpy.cross(middle, d - c)
    return numpy.degrees(numpy.arctan2(numpy.linalg.norm(middle) * numpy.dot(b - a, two), numpy.dot(one, two)))


def ramachandran(browser, folder, page):
    """phi = C'-N-CA-C' and psi = N-CA-C'-N of the one residue, atoms of PEPTIDE counted by hand."""
    browser.open(page)
    pos = load(folder, "alanine")["pos"].astype(float)
    every, found = browser.run("(() => { const x = items.find(x => x.row.atoms > 3), d = json('trajectory-' + x.i); return [d.shown_every, d.peptides.map(p => [p.alpha, [...floats(p.phi)], [...floats(p.psi)]])]; })()")
    assert len(found) == 1 and found[0][0] == 5, found
    for which, atoms in ((1, (1, 3, 4, 6)), (2, (3, 4, 6, 8))):
        wanted = [torsion(*frame[list(atoms)]) for frame in pos[::every]]
        assert numpy.allclose(found[0][which], wanted, atol=1e-3), (which, found[0][which][:3], wanted[:3])


def ended(browser, folder):
    """Jobs without anything to show: a page that says why, and no error."""
    def text(name):
        page = folder / f"report {name}.html"
        qmtraj("report", folder / name, "-o", page)
        browser.open(page)
        clean(browser, page)
        return browser.run("document.body.innerText")

    (folder / "empty").mkdir()
    said = text("empty")
    assert "There is no trajectory here yet" in said and "holds no trajectories" in said, said
    os.environ["QMTRAJ_TEST_FAIL"] = "water:5"
    run(folder / "lost", folder / "water.xyz", fails=True)
    del os.environ["QMTRAJ_TEST_FAIL"]
    said = text("lost")
    assert "1 fail" in said and "5 of 3 atoms" in said and "failed" in said, said
    job = subprocess.Popen([QMTRAJ, "run", folder / "water.xyz", "--out", folder / "cut", "--length_ps", "1", "--equilibration_ps", "500", "--checkpoint_s", "0.1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (folder / "cut" / "water" / "checkpoint").exists() and time.monotonic() < deadline:
        assert job.poll() is None, "it ended before its first checkpoint"
    job.terminate()
    job.wait()
    said = text("cut")
    assert "interrupted" in said and "There are no frames" in said, said
    run(folder / "cold", folder / "water.xyz", thermostat="langevin")  # begins at rest, without an equilibration
    said = text("cold")
    assert "1 pass" in said and "too cold" in said and "Warnings of the run" in said, said


def running(browser, folder):
    (folder / "long.xyz").write_text(WATER)
    job = subprocess.Popen([QMTRAJ, "run", folder / "long.xyz", "--out", folder / "running", "--length_ps", "2000", "--save_interval_steps", "100"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    page = folder / "report running.html"
    try:
        deadline = time.monotonic() + 60
        word = ""
        while "running" not in word and time.monotonic() < deadline:
            if (folder / "running").is_dir() and qmtraj("report", folder / "running", "-o", page, fails=True).returncode == 0:
                browser.open(page)
                word = browser.run("(document.querySelector('#body tr') || document.body).textContent")
        assert "running" in word, word
        watch = subprocess.Popen([QMTRAJ, "report", folder / "running", "-o", folder / "report watch.html", "--watch"], stdout=subprocess.DEVNULL)
        try:
            while not (folder / "report watch.html").exists() and time.monotonic() < deadline:
                assert watch.poll() is None, "--watch ended before the run"
                browser.run("new Promise(done => setTimeout(done, 50))")
            assert '"reload_s":10' in (folder / "report watch.html").read_text()
            # the page loads itself again, here after three seconds
            soon = folder / "report soon.html"
            soon.write_text((folder / "report watch.html").read_text().replace('"reload_s":10', '"reload_s":3'))
            browser.open(soon)
            browser.loads_itself()
            browser.open(page)
        finally:
            watch.terminate()
            watch.wait()
    finally:
        job.terminate()
        job.wait()
    clean(browser, page)


def main():
    program = chromium.find()
    if program is None:
        print("not run: there is no Chromium")
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    browser = chromium.Chromium(program)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "water.xyz").write_text(WATER)
            (folder / "alanine.xyz").write_text(PEPTIDE)
            run(folder / "good", folder / "alanine.xyz", folder / "water.xyz", ensemble="nve", properties="dipole,charges,scf_residual")
            page = folder / "report.html"
            qmtraj("report", folder / "good", "-o", page)
            browser.size(1280, 900)
            rows = what_is_shown(browser, folder / "good", page)
            browser.run("show(items.find(x => x.row.atoms > 3).i)")
            panels(browser)
            contrast(browser)
            saving(browser)
            motion(browser)
            pictures(browser, page)
            ramachandran(browser, folder / "good", page)
            many_rows(browser, page, folder / "report many.html")
            paper(browser, folder / "report many.html")
            conserved(browser, folder)
            ended(browser, folder)
            hostile(browser, folder)
            odd_files(browser, folder)
            planted(browser, folder)
            metadata_of_others(browser, folder)
            running(browser, folder)
            print(f"{len(rows)} trajectories, pictures in {PICTURES}")
    finally:
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
