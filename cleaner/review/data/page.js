"use strict";
(() => {
  // ---------- texts and edits: offsets of the data are code points, those of strings UTF-16 units

  const ASTRAL = /[\ud800-\udbff][\udc00-\udfff]/;

  /** The UTF-16 offsets of code point offsets, which are sorted. */
  function unitsOf(text, offsets) {
    if (!ASTRAL.test(text)) return offsets.slice();
    const units = [];
    let unit = 0;
    let point = 0;
    for (const offset of offsets) {
      while (point < offset && unit < text.length) {
        unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
        point += 1;
      }
      units.push(unit);
    }
    return units;
  }

  /** The text that edits (objects with start, end, fresh in UTF-16 units; sorted, disjoint) make. */
  function apply(text, edits) {
    const parts = [];
    let at = 0;
    for (const edit of edits) {
      parts.push(text.slice(at, edit.start), edit.fresh);
      at = edit.end;
    }
    parts.push(text.slice(at));
    return parts.join("");
  }

  const BRACE = /(\\*)(\{(?=--|\+\+|[-+]?$)|(?:(?<=--)|(?<=\+\+))\}|(?<=\\)[{}])/g;

  const escapeMarks = (text) => text.replace(BRACE, (_, slashes, brace) => `${slashes}${slashes}\\${brace}`);
  const escapeBeforeMark = (text) => escapeMarks(text).replace(/\\+$/, (slashes) => slashes + slashes);

  /** The text with edits as CriticMarkup. */
  function marked(text, edits) {
    const parts = [];
    let at = 0;
    for (const edit of edits) {
      parts.push(escapeBeforeMark(text.slice(at, edit.start)));
      if (edit.end > edit.start) parts.push(`{--${escapeMarks(text.slice(edit.start, edit.end))}--}`);
      if (edit.fresh) parts.push(`{++${escapeMarks(edit.fresh)}++}`);
      at = edit.end;
    }
    parts.push(escapeMarks(text.slice(at)));
    return parts.join("");
  }

  // ---------- documents, edits, decisions

  const data = JSON.parse(document.getElementById("data").textContent);
  const off = { families: new Set(), rules: new Set(), levels: new Set() };
  const state = { doc: -1, edit: -1, least: 0, view: "marked", history: [], shown: [] };
  let docs = data.documents.map(prepared);

  /** A document with its edits as objects; their offsets are turned into units when they are needed. */
  function prepared(raw) {
    const edits = raw.edits.map(([from, to, fresh, rule, confidence, over, words], index) => ({
      index, from, to, fresh, rule: data.rules[rule], confidence, over, words,
      removes: fresh === "", decision: "", start: 0, end: 0,
    }));
    return { ...raw, edits, ready: false };
  }

  function ready(doc) {
    if (doc.ready) return doc;
    const units = unitsOf(doc.text, doc.edits.flatMap((edit) => [edit.from, edit.to]));
    doc.edits.forEach((edit, n) => {
      edit.start = units[2 * n];
      edit.end = units[2 * n + 1];
    });
    doc.ready = true;
    return doc;
  }

  function switchedOn(edit) {
    const { rule } = edit;
    return !(off.rules.has(rule.id) || off.families.has(rule.family) || off.levels.has(rule.level))
      && edit.confidence * 100 >= state.least;
  }

  const applies = (edit) => edit.decision !== "reject" && switchedOn(edit);
  const cleanText = (doc) => apply(ready(doc).text, doc.edits.filter(applies));
  const lost = (doc) => doc.edits.reduce((sum, edit) => sum + (edit.removes && applies(edit) ? edit.words : 0), 0);
  const undecided = (doc) => doc.edits.reduce((sum, edit) => sum + (edit.decision === ""), 0);

  /** Decides edits, as one step that can be undone. */
  function decide(edits, decision) {
    const step = edits.map((edit) => ({ edit, before: edit.decision }));
    edits.forEach((edit) => { edit.decision = decision; });
    state.history.push({ step, doc: state.doc, edit: state.edit });
    remember();
  }

  function undo() {
    const last = state.history.pop();
    if (!last) return tell("There is no decision to undo.");
    last.step.forEach(({ edit, before }) => { edit.decision = before; });
    remember();
    openDocument(last.doc);
    select(last.edit);
    return tell("Undone.");
  }

  // ---------- decisions kept in the browser, saved and loaded

  const KEPT = `cleaner-review-${data.hash}`;

  function decisions() {
    const judged = docs.map((doc) => Object.fromEntries(
      doc.edits.filter((edit) => edit.decision).map((edit) => [edit.index, edit.decision])));
    return { "cleaner-decisions": 1, hash: data.hash, title: data.title, documents: judged };
  }

  /** Takes decisions over; false when they are of another page. */
  function adopt(saved) {
    if (!saved || saved.hash !== data.hash || !Array.isArray(saved.documents)) return false;
    docs.forEach((doc, n) => doc.edits.forEach((edit) => {
      const decision = (saved.documents[n] || {})[edit.index];
      edit.decision = decision === "accept" || decision === "reject" ? decision : "";
    }));
    return true;
  }

  function stored(name, value) {
    try {
      if (value === undefined) return localStorage.getItem(name);
      localStorage.setItem(name, value);
    } catch { /* a browser may forbid it; all else works */ }
    return null;
  }

  let writing = 0;
  function remember() {
    if (data.kind === "serve") return;
    clearTimeout(writing);
    writing = setTimeout(() => stored(KEPT, JSON.stringify(decisions())), 300);
  }

  function recall() {
    try {
      adopt(JSON.parse(stored(KEPT) || "null"));
    } catch { /* what was kept is damaged: begin anew */ }
  }

  // ---------- exports

  /** The line or lines of the text that an edit touches, without their line ends. */
  function around(text, edit) {
    const old = text.slice(edit.start, edit.end);
    const lead = old.trim() ? old.length - old.trimStart().length : 0;
    const trail = old.trim() ? old.length - old.trimEnd().length : 0;
    const start = edit.start + lead;
    const end = edit.end - trail;
    const BREAK = /[\n\r\u2028\u2029]/;
    let from = start;
    let to = end;
    while (from > 0 && !BREAK.test(text[from - 1])) from -= 1;
    while (to < text.length && !BREAK.test(text[to])) to += 1;
    return { text: text.slice(from, to), start, end, from, to };
  }

  function fixture(doc) {
    const keys = [];
    const key = (name, value) => { if (value && /^\S+$/.test(value)) keys.push(` ${name}=${value}`); };
    key("mode", doc.mode);
    key("lang", doc.language);
    key("level", data.level);
    key("url", doc.url);
    const open = undecided(doc);
    const note = open ? `, ${open} of its ${doc.edits.length} edits not judged` : "";
    const name = String(doc.name || "a document").replace(/[\u0000-\u0020\u007f-\u009f\u2028\u2029]+/g, " ").trim();
    const body = marked(ready(doc).text, doc.edits.filter((edit) => edit.decision !== "reject"));
    return `#!${keys.join("")} | Reviewed: ${name || "a document"}${note}.\n${body}${body.endsWith("\r") ? "\r\n" : "\n"}`;
  }

  function fixtures(partly) {
    const chosen = docs.filter((doc) => doc.edits.some((edit) => edit.decision) && (partly || !undecided(doc)));
    const names = new Set();
    return chosen.map((doc) => ({ name: uniqueName(doc.name, names), text: fixture(doc) }));
  }

  function uniqueName(name, taken) {
    const plain = String(name || "").replace(/\.[a-z0-9]{1,5}$/i, "").normalize("NFKD").toLowerCase();
    const slug = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "document";
    let free = slug;
    for (let n = 2; taken.has(free); n += 1) free = `${slug}-${n}`;
    taken.add(free);
    return `${free}.txt`;
  }

  const LONGEST_EXAMPLE = 4000;

  /** The examples that decisions give to rules of packs: rule id to strips and keeps. */
  function examples() {
    const found = new Map();
    let others = 0;
    for (const doc of docs) {
      for (const edit of doc.edits) {
        if (!edit.decision) continue;
        const example = edit.rule.pack ? exampleOf(ready(doc).text, edit) : "";
        if (!example || example.length > LONGEST_EXAMPLE || !example.isWellFormed()) {
          others += 1;
          continue;
        }
        if (!found.has(edit.rule.id)) found.set(edit.rule.id, { strips: new Set(), keeps: new Set() });
        found.get(edit.rule.id)[edit.decision === "accept" ? "strips" : "keeps"].add(example);
      }
    }
    return { found, others };
  }

  function exampleOf(text, edit) {
    const place = around(text, edit);
    if (edit.decision === "reject") return place.text;
    const own = { start: place.start - place.from, end: place.end - place.from, fresh: edit.fresh };
    const whole = edit.removes && !(place.text.slice(0, own.start) + place.text.slice(own.end)).trim();
    return whole ? escapeMarks(place.text.slice(own.start, own.end)) : marked(place.text, [own]);
  }

  const UNWRITABLE = /[\u0000-\u001f\u007f"\\]/g;
  const SHORT_ESCAPES = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" };

  function tomlString(text) {
    const written = text.replace(UNWRITABLE, (char) => SHORT_ESCAPES[char]
      || `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
    return `"${written}"`;
  }

  function tomlList(name, items) {
    if (!items.size) return "";
    return `${name} = [\n${[...items].map((item) => `  ${tomlString(item)},\n`).join("")}]\n`;
  }

  const oneLine = (text) => String(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");

  function rulesToml() {
    const { found, others } = examples();
    const parts = [`# Examples judged in a review of ${oneLine(data.title)}.\n`
      + "# Each table is a rule: its strips and keeps belong into the lists of that rule in its pack.\n"];
    for (const id of [...found.keys()].sort()) {
      const { strips, keeps } = found.get(id);
      parts.push(`[${tomlString(id)}]\n${tomlList("strips", strips)}${tomlList("keeps", keeps)}`);
    }
    if (others) parts.push(`# Decisions that make no example (found by code, or too long): ${others}; fixtures hold them.\n`);
    return parts.join("\n");
  }

  const SPLITTERS = /[\u000b\u000c\u001c-\u001e\u0085]/; // line ends to Python, though not to the text
  const FEW = 24; // characters below which a line is protected only where it is the whole line

  const escapeRegex = (text) => text.replace(/[\u0000-\u007f]/g, (char) => {
    if (/[A-Za-z0-9 ]/.test(char)) return char;
    return /[\u0000-\u001f\u007f]/.test(char) ? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}` : `\\${char}`;
  }).replace(/\u0085/g, "\\x85");

  /** The entries of an allow list that keep what an edit would change. */
  function keepEntries(text, edit) {
    const place = around(text, edit);
    const lines = place.text.split(/\r\n|[\n\r\u2028\u2029]/).filter((line) => line.trim());
    if (edit.start === edit.end && edit.start === place.from) {
      return place.from ? lines.map((line) => `/\\n${escapeRegex(line.trimEnd())}/`) : [];
    }
    return lines.map((line) => {
      const bare = line.trim();
      if (!SPLITTERS.test(bare) && bare.length >= FEW && !/^[#/@]/.test(bare)) return bare;
      return `/^[^\\S\\n]*${escapeRegex(bare)}[^\\S\\n]*$/`;
    });
  }

  function keepList() {
    const entries = new Set();
    for (const doc of docs) {
      for (const edit of doc.edits) {
        if (edit.decision === "reject") keepEntries(ready(doc).text, edit).forEach((entry) => entries.add(entry));
      }
    }
    const lines = [...entries].filter((entry) => entry.isWellFormed());
    const head = `# What must stay, by a review of ${oneLine(data.title)}: cleaner clean --keep @keep.txt\n`;
    return { text: head + lines.map((line) => `${line}\n`).join(""), count: lines.length };
  }

  // ---------- a zip of stored files

  function crc(bytes) {
    let value = ~0;
    for (const byte of bytes) {
      value ^= byte;
      for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    }
    return ~value >>> 0;
  }

  function littleEndian(fields) {
    const bytes = [];
    for (const [size, value] of fields) {
      for (let n = 0; n < size; n += 1) bytes.push((value >>> (8 * n)) & 0xff);
    }
    return new Uint8Array(bytes);
  }

  function zip(files) {
    const parts = [];
    const index = [];
    let at = 0;
    for (const file of files) {
      const name = new TextEncoder().encode(file.name);
      const body = new TextEncoder().encode(file.text);
      const about = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 0x21], [4, crc(body)], [4, body.length], [4, body.length],
        [2, name.length], [2, 0]];
      index.push(littleEndian([[4, 0x02014b50], [2, 20], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]), name);
      const head = littleEndian([[4, 0x04034b50], ...about]);
      parts.push(head, name, body);
      at += head.length + name.length + body.length;
    }
    const length = index.reduce((sum, part) => sum + part.length, 0);
    const end = [[4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, length], [4, at], [2, 0]];
    return new Blob([...parts, ...index, littleEndian(end)], { type: "application/zip" });
  }

  function save(name, content) {
    const blob = content instanceof Blob ? content : new Blob([content], { type: "text/plain;charset=utf-8" });
    const link = node("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    tell(`${name} saved.`);
  }

  // ---------- elements

  const byId = (id) => document.getElementById(id);

  /** An element; what it says is set as text, never as markup. */
  function node(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in element && !name.startsWith("aria")) element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  const button = (text, act, properties = {}) => {
    const element = node("button", { type: "button", ...properties }, text);
    element.addEventListener("click", act);
    return element;
  };

  const number = (value) => value.toLocaleString("en");
  const counted = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
  const percent = (share) => `${share > 0 && share < 0.01 ? "<1" : Math.round(100 * share)} %`;

  let saying = 0;
  function tell(message) {
    byId("live").textContent = message;
    byId("toast").textContent = message;
    byId("toast").hidden = false;
    clearTimeout(saying);
    saying = setTimeout(() => { byId("toast").hidden = true; }, 2500);
  }

  // ---------- families: a colour for each, the most frequent first

  const HUES = 12;
  const totals = new Map(); // family -> { words, edits, rules: Map(rule id -> { rule, words, edits }) }
  const hues = new Map();

  function countFamilies() {
    totals.clear();
    for (const doc of docs) for (const edit of doc.edits) countEdit(edit);
    const names = [...totals.keys()].sort((a, b) => totals.get(b).words - totals.get(a).words || (a < b ? -1 : 1));
    hues.clear();
    names.forEach((name, n) => hues.set(name, n % HUES));
    return names;
  }

  function countEdit(edit) {
    const { rule } = edit;
    if (!totals.has(rule.family)) totals.set(rule.family, { words: 0, edits: 0, rules: new Map() });
    const family = totals.get(rule.family);
    if (!family.rules.has(rule.id)) family.rules.set(rule.id, { rule, words: 0, edits: 0 });
    for (const count of [family, family.rules.get(rule.id)]) {
      count.words += edit.removes ? edit.words : 0;
      count.edits += 1;
    }
  }

  const hueOf = (family) => `hue${hues.get(family) ?? 0}`;

  // ---------- the text of a document, block by block as it comes into sight

  const BLOCK = 80; // edits in a block
  const FOLD_FROM = 60000; // characters of a document from which long stretches that stay are folded
  const LONG = 4000; // characters of such a stretch
  const LONG_EDIT = 3000; // characters of a removal that is folded
  const ENDS = 600; // characters shown at each end of what is folded
  // Characters that do harm to a page or cannot be seen; what joins letters and emoji is left to do so in what stays.
  const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;
  const UNSEEN_GONE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]/gu;
  let marks = new Map(); // index of an edit -> its element
  let watcher = null;

  const breaks = (text) => text.replace(/\r\n?|[\u2028\u2029]/g, "\n");

  /** Text nodes, with a label in the place of each character that cannot be seen. */
  function written(text, pattern) {
    const parts = [];
    const plain = breaks(text);
    let at = 0;
    for (const match of plain.matchAll(pattern)) {
      const code = match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      parts.push(plain.slice(at, match.index), node("span", { className: "unseen-char" }, `U+${code}`));
      at = match.index + match[0].length;
    }
    parts.push(plain.slice(at));
    return parts;
  }

  /** Text whose midst is left out behind a button when it is longer than `most`. */
  function folded(parent, text, most, pattern) {
    if (text.length <= most) return parent.append(...written(text, pattern));
    const start = whole(text, ENDS);
    const end = whole(text, text.length - ENDS);
    const midst = text.slice(start, end);
    const open = button(`… ${number(midst.length)} characters more …`, (event) => {
      event.stopPropagation();
      open.replaceWith(...written(midst, pattern));
    }, { className: "unfold" });
    return parent.append(...written(text.slice(0, start), pattern), open, ...written(text.slice(end), pattern));
  }

  /** An offset that does not part a pair of surrogates. */
  const whole = (text, offset) => (/[\udc00-\udfff]/.test(text[offset] || "") ? offset + 1 : offset);

  /** Removed text: what can be read of it stands out, the blank lines that go with it do not. */
  function goneElement(old) {
    const core = old.trim() ? old.trim() : old;
    const at = old.indexOf(core);
    const shown = node("span", { className: "core" });
    if (old.trim()) folded(shown, core, LONG_EDIT, UNSEEN_GONE);
    else shown.append(...written(blanks(old), UNSEEN_GONE));
    const before = written(old.slice(0, at), UNSEEN_GONE);
    return node("del", { className: "old" }, ...before, shown, ...written(old.slice(at + core.length), UNSEEN_GONE));
  }

  const blanks = (text) => text.replace(/\r\n|[\n\r\u2028\u2029]/g, "↵\n").replace(/ /g, "·").replace(/\t/g, "→");

  function editElement(doc, edit) {
    const old = doc.text.slice(edit.start, edit.end);
    const element = node("span", { className: "edit", role: "group", tabIndex: -1 });
    element.dataset.index = edit.index;
    element.classList.add(hueOf(edit.rule.family));
    if (old) element.append(goneElement(old));
    if (edit.fresh) element.append(node("ins", { className: "fresh" }, ...written(edit.fresh, UNSEEN_GONE)));
    if (edit.removes) element.append(node("span", { className: "gap", "aria-hidden": "true" }, edit.words ? `−${number(edit.words)}` : "−"));
    marks.set(edit.index, element);
    dress(element, edit, doc);
    return element;
  }

  const STATES = { "": "not judged", accept: "accepted", reject: "rejected" };

  const kindOf = (edit) => (edit.removes ? "removal" : edit.start === edit.end ? "insertion" : "replacement");

  function dress(element, edit, doc) {
    element.classList.toggle("undone", !applies(edit));
    element.classList.toggle("switched-off", !switchedOn(edit));
    element.classList.toggle("accepted", edit.decision === "accept");
    element.classList.toggle("rejected", edit.decision === "reject");
    const hidden = switchedOn(edit) ? "" : ", switched off";
    element.setAttribute("aria-label",
      `${kindOf(edit)} ${edit.index + 1} of ${doc.edits.length}, ${edit.rule.family}, ${STATES[edit.decision]}${hidden}`);
  }

  function fillBlock(block) {
    if (block.filled) return;
    block.filled = true;
    if (watcher) watcher.unobserve(block);
    const doc = docs[state.doc];
    const edits = doc.edits.slice(block.first, block.first + BLOCK);
    const last = doc.edits[block.first + BLOCK];
    const fold = doc.text.length > FOLD_FROM ? LONG : Infinity;
    let at = block.first ? edits[0].start : 0;
    for (const edit of edits) {
      folded(block, doc.text.slice(at, edit.start), fold, UNSEEN);
      block.append(editElement(doc, edit));
      at = edit.end;
    }
    folded(block, doc.text.slice(at, last ? last.start : doc.text.length), fold, UNSEEN);
    block.style.minHeight = "";
  }

  function showText(doc) {
    marks = new Map();
    if (watcher) watcher.disconnect();
    watcher = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting)
      .forEach((entry) => fillBlock(entry.target)), { rootMargin: "1200px" });
    const blocks = [];
    for (let first = 0; first === 0 || first < doc.edits.length; first += BLOCK) {
      const block = node("div", { className: "block", dir: "auto" });
      block.first = first;
      block.style.minHeight = first ? "60rem" : "";
      blocks.push(block);
    }
    byId("body").replaceChildren(...blocks);
    fillBlock(blocks[0]);
    blocks.slice(1).forEach((block) => watcher.observe(block));
  }

  function showMap(doc) {
    const map = byId("map");
    map.replaceChildren();
    const step = Math.max(1, Math.ceil(doc.edits.length / 400));
    for (let n = 0; n < doc.edits.length; n += step) {
      const edit = doc.edits[n];
      const tick = node("span", { className: `tick ${hueOf(edit.rule.family)}` });
      tick.dataset.index = edit.index;
      tick.style.top = `${(100 * edit.start) / (doc.text.length || 1)}%`;
      tick.style.height = `max(3px, ${(100 * (edit.end - edit.start)) / (doc.text.length || 1)}%)`;
      map.append(tick);
    }
  }

  function refresh() {
    const doc = docs[state.doc];
    if (doc) {
      marks.forEach((element, index) => dress(element, doc.edits[index], doc));
      showHead(doc);
    }
    showDetail();
    showProgress();
    showRows();
  }

  // ---------- head of a document

  function badge(text, kind = "") {
    return node("span", { className: `badge ${kind}` }, text);
  }

  function showHead(doc) {
    const gone = lost(doc);
    const badges = [doc.language && badge(doc.language), doc.mode && badge(doc.mode),
      doc.state && badge(doc.state, doc.state === "complete" ? "" : "warn")].filter(Boolean);
    const share = doc.words ? gone / doc.words : 0;
    const sum = `${counted(doc.words, "word")}, ${number(gone)} of them go (${percent(share)}), `
      + `${counted(doc.edits.length, "edit")}, ${number(undecided(doc))} not judged`;
    const parts = [node("h2", { dir: "auto" }, doc.name || "Document"), node("p", { className: "badges" }, ...badges),
      node("p", { id: "sum" }, sum), shareBar(doc)];
    if (doc.chosen) parts.push(node("p", { className: "quiet" }, `Chosen: ${doc.chosen}.`));
    for (const text of [...(doc.warnings || []), ...(doc.evidence || [])].filter((t, n, all) => all.indexOf(t) === n)) {
      parts.push(node("p", { className: "warning" }, text));
    }
    for (const [from, to, rule] of (doc.overruled || []).slice(0, 20)) parts.push(overruled(doc, from, to, rule));
    if (!doc.edits.length) parts.push(node("p", { className: "quiet" }, "Nothing is taken from this text: it comes out as it went in."));
    byId("head").replaceChildren(...parts);
  }

  function overruled(doc, from, to, rule) {
    const [start, end] = unitsOf(doc.text, [from, to]);
    const short = doc.text.slice(start, Math.min(end, start + 120)).trim();
    return node("p", { className: "warning protected" }, `Protected from ${data.rules[rule].id}: “`,
      node("bdi", {}, ...written(short, UNSEEN_GONE)), end > start + 120 ? "…”" : "”");
  }

  function shareBar(doc) {
    const bar = node("div", { className: "share", "aria-hidden": "true" });
    const families = new Map();
    for (const edit of doc.edits) {
      if (edit.removes && applies(edit)) families.set(edit.rule.family, (families.get(edit.rule.family) || 0) + edit.words);
    }
    for (const [family, words] of families) {
      const part = node("span", { className: hueOf(family) });
      part.style.width = `${(100 * words) / (doc.words || 1)}%`;
      bar.append(part);
    }
    return bar;
  }

  // ---------- what is known of one edit

  const describe = (edit) => `${edit.rule.id}. ${edit.rule.why} Level ${edit.rule.level || "light"}, `
    + `${percent(edit.confidence)} sure, ${STATES[edit.decision]}.`;

  function facts(edit) {
    const chip = node("span", { className: `chip ${hueOf(edit.rule.family)}` }, edit.rule.family);
    const told = [node("p", { className: "rule" }, chip, " ", node("code", {}, edit.rule.id)),
      node("p", { className: "why" }, edit.rule.why || "The ledger gives no reason."),
      node("p", { className: "quiet" }, `${kindOf(edit)} · level ${edit.rule.level || "light"} · `
        + `${percent(edit.confidence)} sure · ${counted(edit.words, "word")}`)];
    if (edit.over.length) told.push(node("p", { className: "quiet" }, `Took the place of ${edit.over.join(", ")}.`));
    if (!switchedOn(edit)) told.push(node("p", { className: "quiet" }, "Switched off below."));
    return told;
  }

  function showDetail() {
    const doc = docs[state.doc];
    const edit = doc && doc.edits[state.edit];
    if (!edit) {
      const hint = doc && doc.edits.length ? "j goes to the first removal; or click one in the text." : "There is none in this document.";
      byId("detail-body").replaceChildren(node("p", { className: "quiet" }, hint), steps());
      return;
    }
    const same = docs.reduce((sum, other) => sum + other.edits.filter((one) => one.rule === edit.rule && !one.decision).length, 0);
    const judged = node("p", { className: `judged ${edit.decision}` }, STATES[edit.decision]);
    const actions = node("div", { className: "actions" },
      button("Accept", () => judge("accept"), { id: "accept", className: "accept", title: "a", "aria-pressed": String(edit.decision === "accept") }),
      button("Reject", () => judge("reject"), { id: "reject", className: "reject", title: "r", "aria-pressed": String(edit.decision === "reject") }),
      button("Undo", undo, { title: "u", disabled: !state.history.length }));
    const all = node("div", { className: "actions" },
      button(`Accept all ${same}`, () => judgeAll("accept"), { disabled: !same, title: "Shift+a: all undecided removals by this rule" }),
      button(`Reject all ${same}`, () => judgeAll("reject"), { disabled: !same, title: "Shift+r: all undecided removals by this rule" }));
    byId("detail-body").replaceChildren(...facts(edit), judged, actions,
      node("p", { className: "quiet same" }, "All by this rule, not judged yet:"), all, steps());
  }

  function steps() {
    const doc = docs[state.doc];
    const place = doc && state.edit >= 0 ? `${state.edit + 1} of ${doc.edits.length}` : "";
    return node("div", { className: "steps" }, button("‹ Previous", () => step(-1), { title: "k" }), node("span", {}, place),
      button("Next ›", () => step(1), { title: "j" }));
  }

  function showProgress() {
    const all = docs.reduce((sum, doc) => sum + doc.edits.length, 0);
    const open = docs.reduce((sum, doc) => sum + undecided(doc), 0);
    byId("progress").textContent = all ? `${number(all - open)} of ${number(all)} judged` : "";
  }

  // ---------- going about

  function openDocument(index) {
    if (index < 0 || index >= docs.length || index === state.doc) return;
    state.doc = index;
    state.edit = -1;
    const doc = ready(docs[index]);
    showText(doc);
    showMap(doc);
    refresh();
    byId("text").scrollTop = 0;
    window.scrollTo(0, 0);
    intoList(index);
  }

  function select(index, focus = true) {
    const doc = docs[state.doc];
    const before = marks.get(state.edit);
    if (before) {
      before.classList.remove("current");
      before.tabIndex = -1;
    }
    state.edit = doc && doc.edits[index] ? index : -1;
    if (state.edit >= 0) {
      fillBlock(byId("body").children[Math.floor(index / BLOCK)]);
      const element = marks.get(index);
      element.classList.add("current");
      element.tabIndex = 0;
      if (focus) {
        element.focus({ preventScroll: true });
        bringIntoSight(element);
      }
      byId("live").textContent = describe(doc.edits[index]);
    }
    byId("card").hidden = true;
    showDetail();
    showTick();
  }

  function showTick() {
    byId("map").querySelectorAll(".current").forEach((tick) => tick.classList.remove("current"));
    const tick = byId("map").querySelector(`[data-index="${state.edit}"]`);
    if (tick) tick.classList.add("current");
  }

  function bringIntoSight(element) {
    const box = element.getBoundingClientRect();
    const height = document.documentElement.clientHeight;
    if (box.top > 90 && box.bottom < height - 60) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches || Math.abs(box.top) > 3 * height;
    element.scrollIntoView({ block: box.height > height / 2 ? "start" : "center", behavior: calm ? "auto" : "smooth" });
  }

  function step(by) {
    const doc = docs[state.doc];
    if (!doc) return;
    const next = state.edit + by;
    if (doc.edits[next]) select(next);
    else if (!stepDocument(by, by)) tell(by > 0 ? "This is the last removal." : "This is the first removal.");
  }

  /** Goes to the next or previous document of the list; to its first or last edit when `edge` says so. */
  function stepDocument(by, edge = 0) {
    let at = state.shown.indexOf(state.doc) + by;
    while (edge && at >= 0 && at < state.shown.length && !docs[state.shown[at]].edits.length) at += by;
    if (at < 0 || at >= state.shown.length) return false;
    openDocument(state.shown[at]);
    if (edge) select(edge > 0 ? 0 : docs[state.doc].edits.length - 1);
    else byId("live").textContent = `${docs[state.doc].name}, ${byId("sum").textContent}`;
    return true;
  }

  /** The next edit without a decision, here or in the documents after this one. */
  function toNextOpen() {
    const here = docs[state.doc].edits;
    const later = here.findIndex((edit, n) => n > state.edit && !edit.decision);
    if (later >= 0) return select(later);
    const from = state.shown.indexOf(state.doc);
    const next = state.shown.find((index, place) => place > from && undecided(docs[index]));
    if (next === undefined) return undefined;
    openDocument(next);
    return select(docs[next].edits.findIndex((edit) => !edit.decision));
  }

  function judge(decision) {
    const doc = docs[state.doc];
    const edit = doc && doc.edits[state.edit];
    if (!edit) return tell("Choose a removal first: j goes to the next.");
    const same = edit.decision === decision;
    decide([edit], same ? "" : decision);
    refresh();
    if (!same) toNextOpen();
    return tell(same ? "Not judged." : decision === "accept" ? "Accepted: it goes." : "Rejected: it stays.");
  }

  function judgeAll(decision) {
    const current = docs[state.doc] && docs[state.doc].edits[state.edit];
    if (!current) return tell("Choose a removal first: j goes to the next.");
    const edits = docs.flatMap((doc) => doc.edits.filter((edit) => edit.rule === current.rule && !edit.decision));
    if (!edits.length) return tell(`All removals by ${current.rule.id} are judged.`);
    decide(edits, decision);
    refresh();
    return tell(`${counted(edits.length, "removal")} by ${current.rule.id} ${STATES[decision]}; u undoes it.`);
  }

  function setView(view) {
    state.view = view;
    document.body.dataset.view = view;
    byId("view-marked").setAttribute("aria-pressed", String(view === "marked"));
    byId("view-result").setAttribute("aria-pressed", String(view === "result"));
    if (marks.has(state.edit)) bringIntoSight(marks.get(state.edit));
  }

  // ---------- the list of documents: only the rows in sight are there

  const ROW = 58; // pixels, as in the style

  const ORDERS = {
    chosen: () => 0,
    loss: (a, b) => lost(docs[b]) - lost(docs[a]),
    share: (a, b) => lost(docs[b]) / (docs[b].words || 1) - lost(docs[a]) / (docs[a].words || 1),
    open: (a, b) => undecided(docs[b]) - undecided(docs[a]),
    name: (a, b) => (docs[a].name < docs[b].name ? -1 : 1),
  };

  function found(doc, text) {
    if (!text || String(doc.name).toLowerCase().includes(text)) return true;
    return ready(doc).edits.some((edit) => edit.rule.id.toLowerCase().includes(text)
      || doc.text.slice(edit.start, edit.end).toLowerCase().includes(text));
  }

  function listDocuments() {
    const text = byId("filter").value.trim().toLowerCase();
    state.shown = docs.map((_, n) => n).filter((n) => found(docs[n], text)).sort(ORDERS[byId("order").value]);
    byId("documents-title").textContent = state.shown.length === docs.length
      ? `${counted(docs.length, "document")}` : `${number(state.shown.length)} of ${counted(docs.length, "document")}`;
    byId("rows").style.height = `${state.shown.length * ROW}px`;
    showRows();
  }

  function showRows() {
    const list = byId("list");
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
    const last = Math.min(state.shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 4);
    const rows = [];
    for (let place = first; place < last; place += 1) rows.push(row(state.shown[place], place));
    byId("rows").replaceChildren(...rows);
    if (state.doc >= 0 && byId(`doc-${state.doc}`)) list.setAttribute("aria-activedescendant", `doc-${state.doc}`);
    else list.removeAttribute("aria-activedescendant");
  }

  function row(index, place) {
    const doc = docs[index];
    const open = undecided(doc);
    const done = doc.edits.length && !open ? " ✓" : "";
    const gone = lost(doc);
    const about = `−${counted(gone, "word")} (${percent(doc.words ? gone / doc.words : 0)}), ${open} of ${doc.edits.length} open`;
    const element = node("div", { className: "row", id: `doc-${index}`, role: "option", "aria-selected": String(index === state.doc),
      "aria-setsize": state.shown.length, "aria-posinset": place + 1, title: doc.name },
    node("bdi", { className: "row-name" }, `${doc.name}${done}`), node("span", { className: "row-about" }, about), shareBar(doc));
    element.dataset.doc = index;
    element.style.top = `${place * ROW}px`;
    return element;
  }

  function intoList(index) {
    const place = state.shown.indexOf(index);
    const list = byId("list");
    if (place < 0) return;
    if (place * ROW < list.scrollTop) list.scrollTop = place * ROW;
    if ((place + 1) * ROW > list.scrollTop + list.clientHeight) list.scrollTop = (place + 1) * ROW - list.clientHeight;
    showRows();
  }

  // ---------- switches

  function toggle(set, name, on) {
    if (on) set.delete(name);
    else set.add(name);
    refresh();
  }

  function check(set, name, content, label) {
    const box = node("input", { type: "checkbox", checked: !set.has(name), "aria-label": label });
    box.addEventListener("change", () => toggle(set, name, box.checked));
    box.syncer = () => { box.checked = !set.has(name); };
    return node("label", { className: "check" }, box, ...content);
  }

  function showSwitches() {
    const names = countFamilies();
    const levels = [...new Set(docs.flatMap((doc) => doc.edits.map((edit) => edit.rule.level)))].sort();
    byId("levels").replaceChildren(...levels.map((level) => check(off.levels, level, [level || "no level"], `Level ${level}`)));
    byId("families").replaceChildren(...names.map(familySwitch));
  }

  function familySwitch(name) {
    const { words, edits, rules } = totals.get(name);
    const chip = node("span", { className: `chip ${hueOf(name)}` }, name);
    const only = button("only", () => onlyFamily(name), { className: "only", "aria-label": `Only ${name}` });
    const list = [...rules.values()].sort((a, b) => b.words - a.words || (a.rule.id < b.rule.id ? -1 : 1)).map((count) => {
      const line = check(off.rules, count.rule.id, [node("code", {}, count.rule.id), node("small", {}, ` ${count.edits} ×`)], `Rule ${count.rule.id}`);
      line.title = count.rule.why;
      return line;
    });
    const about = node("small", {}, ` ${counted(words, "word")}, ${edits} ×`);
    return node("div", { className: "family" },
      node("div", { className: "family-head" }, check(off.families, name, [chip, about], `Family ${name}`), only),
      node("details", {}, node("summary", {}, counted(rules.size, "rule")), ...list));
  }

  function syncSwitches() {
    document.querySelectorAll("#switches input[type=checkbox]").forEach((box) => box.syncer());
    byId("least").value = state.least;
    byId("least-out").textContent = `${state.least} %`;
    refresh();
  }

  function onlyFamily(name) {
    off.families.clear();
    [...totals.keys()].filter((other) => other !== name).forEach((other) => off.families.add(other));
    syncSwitches();
  }

  function allSwitches(on) {
    Object.values(off).forEach((set) => set.clear());
    state.least = 0;
    if (!on) [...totals.keys()].forEach((name) => off.families.add(name));
    syncSwitches();
  }

  // ---------- the card at a removal under the pointer

  const editAt = (target) => {
    const element = target.closest && target.closest(".edit");
    return element ? docs[state.doc].edits[Number(element.dataset.index)] : null;
  };

  function showCard(edit, x, y) {
    const card = byId("card");
    card.replaceChildren(...facts(edit), node("p", { className: `judged ${edit.decision}` }, STATES[edit.decision]));
    card.hidden = false;
    const { width, height } = card.getBoundingClientRect();
    card.style.left = `${Math.max(8, Math.min(x + 12, innerWidth - width - 8))}px`;
    card.style.top = `${y + 22 + height > innerHeight ? Math.max(8, y - height - 14) : y + 22}px`;
  }

  function overText(event) {
    const edit = event.pointerType === "touch" ? null : editAt(event.target);
    if (edit) showCard(edit, event.clientX, event.clientY);
    else byId("card").hidden = true;
  }

  // ---------- export dialog

  function openExport() {
    const judged = docs.reduce((sum, doc) => sum + doc.edits.length - undecided(doc), 0);
    const rejected = docs.reduce((sum, doc) => sum + doc.edits.filter((edit) => edit.decision === "reject").length, 0);
    byId("export-count").textContent = judged
      ? `${counted(judged, "decision")}: ${number(judged - rejected)} accepted, ${number(rejected)} rejected.`
      : "Nothing is judged yet: a accepts a removal, r rejects it.";
    showExport();
    byId("export").showModal();
  }

  function showExport() {
    const partly = byId("partly").checked;
    const ready = fixtures(partly).length;
    const keep = keepList().count;
    const rules = examples().found.size;
    byId("about-fixtures").textContent = `${counted(ready, "document")} with marks (CriticMarkup), for fixtures/.`;
    byId("about-rules").textContent = `strips and keeps for ${counted(rules, "rule")}, TOML.`;
    byId("about-keep").textContent = `${counted(keep, "line")} for --keep @keep.txt.`;
    byId("save-fixtures").disabled = !ready;
    byId("save-rules").disabled = !rules;
    byId("save-keep").disabled = !keep;
    byId("text-item").hidden = !docs[state.doc];
  }

  function saveFixtures() {
    const files = fixtures(byId("partly").checked);
    if (files.length === 1) save(files[0].name, files[0].text);
    else save("fixtures.zip", zip(files));
  }

  async function loadDecisions(file) {
    if (!file) return;
    let known = false;
    try {
      known = adopt(JSON.parse(await file.text()));
    } catch { /* told below */ }
    refresh();
    showExport();
    tell(known ? "Decisions loaded." : "These are not decisions about this page.");
  }

  // ---------- keys

  const KEYS = {
    j: () => step(1), k: () => step(-1), n: () => stepDocument(1), p: () => stepDocument(-1),
    a: () => judge("accept"), r: () => judge("reject"), A: () => judgeAll("accept"), R: () => judgeAll("reject"),
    u: undo, v: () => setView(state.view === "marked" ? "result" : "marked"), o: switchRule,
    e: openExport, t: nextTheme, "?": () => byId("help").showModal(), "/": () => byId("filter").focus(),
  };

  function switchRule() {
    const edit = docs[state.doc] && docs[state.doc].edits[state.edit];
    if (!edit) return;
    toggle(off.rules, edit.rule.id, off.rules.has(edit.rule.id));
    document.querySelectorAll("#switches input[type=checkbox]").forEach((box) => box.syncer());
    tell(`${edit.rule.id} is ${off.rules.has(edit.rule.id) ? "off" : "on"}.`);
  }

  function typed(event) {
    const writes = /^(TEXTAREA|SELECT)$/.test(event.target.tagName) || /^(search|text|range)$/.test(event.target.type || "");
    if (event.ctrlKey || event.metaKey || event.altKey || writes || document.querySelector("dialog[open]")) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  function listKey(event) {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -1e9, End: 1e9 }[event.key];
    if (!by || !state.shown.length) return;
    event.preventDefault();
    const at = Math.min(state.shown.length - 1, Math.max(0, state.shown.indexOf(state.doc) + by));
    openDocument(state.shown[at]);
  }

  const THEMES = ["auto", "light", "dark"];

  function setTheme(theme) {
    document.documentElement.dataset.theme = THEMES.includes(theme) ? theme : "auto";
  }

  function nextTheme() {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = document.documentElement.dataset.theme;
    const seen = now === "auto" ? (dark ? "dark" : "light") : now;
    setTheme(seen === "dark" ? "light" : "dark");
    stored("cleaner-theme", document.documentElement.dataset.theme);
  }

  // ---------- the live page: a text is sent to the server that gave the page

  // `text` is that of a file, byte for byte: the field would change its line ends.
  const live = { waiting: 0, asking: null, name: "", text: null };

  function askSoon() {
    clearTimeout(live.waiting);
    live.waiting = setTimeout(ask, 250);
  }

  async function ask() {
    clearTimeout(live.waiting);
    if (live.asking) live.asking.abort();
    const text = live.text ?? byId("source").value;
    if (!text) return showAnswer(null);
    live.asking = new AbortController();
    const options = { level: byId("level").value, mode: byId("mode").value, input_format: byId("input_format").value };
    byId("served").textContent = "Cleaning…";
    try {
      const answer = await fetch("explain", { method: "POST", signal: live.asking.signal,
        headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text, options }) });
      const told = await answer.json();
      if (answer.ok) return showAnswer({ source: text, ...told });
      if (answer.status === 503) live.waiting = setTimeout(ask, 1000);
      return showTrouble(told.error || `The server answers ${answer.status}.`);
    } catch (error) {
      return error.name === "AbortError" ? undefined : showTrouble("The server does not answer: is it still running?");
    }
  }

  /** Says what is wrong; an older answer would be taken for that of the text that is there. */
  function showTrouble(message) {
    showAnswer(null);
    byId("served").textContent = message;
    byId("served").classList.add("trouble");
    byId("head").replaceChildren(node("p", { className: "warning" }, message));
  }

  function showAnswer(told) {
    byId("served").classList.remove("trouble");
    byId("served").textContent = told ? `${(told.seconds * 1000).toFixed(0)} ms` : "";
    data.rules = [];
    docs = told ? [prepared(asDocument(told))] : [];
    data.level = byId("level").value;
    state.doc = -1;
    state.edit = -1;
    state.history = [];
    showSwitches();
    state.shown = docs.map((_, n) => n);
    if (docs.length) return openDocument(0);
    byId("head").replaceChildren(node("p", { className: "empty" }, "Paste a text on the left, or drop a file there. It goes to the cleaner on this machine and nowhere else."));
    byId("body").replaceChildren();
    byId("map").replaceChildren();
    return refresh();
  }

  /** An answer of /explain in the form of the page's documents. */
  function asDocument(told) {
    const numbers = new Map();
    const rule = ({ rule: id }) => {
      if (!numbers.has(id)) numbers.set(id, data.rules.push({ id, ...told.rules[id] }) - 1);
      return numbers.get(id);
    };
    return { ...told, name: live.name || "Your text", text: told.source,
      edits: told.edits.map((edit) => [edit.start, edit.end, edit.new, rule(edit), edit.confidence, edit.over, edit.words]),
      overruled: told.overruled.map((edit) => [edit.start, edit.end, rule(edit)]) };
  }

  async function takeFile(file) {
    if (!file) return;
    try {
      live.text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    } catch {
      showTrouble(`${file.name} is not UTF-8 text.`);
      return;
    }
    byId("source").value = live.text;
    live.name = file.name;
    if (/\.x?html?$/i.test(file.name)) byId("input_format").value = "html";
    ask();
  }

  function dropped(event) {
    event.preventDefault();
    takeFile(event.dataTransfer.files[0]);
  }

  function startLive() {
    byId("source").addEventListener("input", () => {
      live.name = "";
      live.text = null;
      askSoon();
    });
    ["level", "mode", "input_format"].forEach((id) => byId(id).addEventListener("change", ask));
    byId("level").value = data.level;
    byId("mode").value = data.mode;
    byId("input_format").value = data.input_format;
    byId("file").addEventListener("change", (event) => takeFile(event.target.files[0]));
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", dropped);
    showAnswer(null);
  }

  // ---------- start

  function onClick(id, act) {
    byId(id).addEventListener("click", act);
  }

  function listen() {
    document.addEventListener("keydown", typed);
    byId("list").addEventListener("keydown", listKey);
    byId("list").addEventListener("scroll", showRows, { passive: true });
    byId("list").addEventListener("click", (event) => {
      const chosen = event.target.closest(".row");
      if (chosen) openDocument(Number(chosen.dataset.doc));
    });
    byId("filter").addEventListener("input", listDocuments);
    byId("filter").addEventListener("keydown", (event) => { if (event.key === "Escape") byId("text").focus(); });
    byId("order").addEventListener("change", listDocuments);
    byId("body").addEventListener("click", (event) => {
      const edit = editAt(event.target);
      if (edit) select(edit.index, false);
    });
    byId("body").addEventListener("focusin", (event) => {
      const edit = event.target.classList.contains("edit") && editAt(event.target);
      if (edit && edit.index !== state.edit) select(edit.index, false);
    });
    byId("body").addEventListener("pointermove", overText);
    byId("body").addEventListener("pointerleave", () => { byId("card").hidden = true; });
    byId("map").addEventListener("click", (event) => { if (event.target.dataset.index) select(Number(event.target.dataset.index)); });
    window.addEventListener("scroll", () => { byId("card").hidden = true; }, { passive: true });
    window.addEventListener("resize", showRows);
    listenToTools();
  }

  function listenToTools() {
    onClick("view-marked", () => setView("marked"));
    onClick("view-result", () => setView("result"));
    onClick("open-export", openExport);
    onClick("open-help", () => byId("help").showModal());
    onClick("theme", nextTheme);
    onClick("all-on", () => allSwitches(true));
    onClick("all-off", () => allSwitches(false));
    onClick("save-fixtures", saveFixtures);
    onClick("save-rules", () => save("examples.toml", rulesToml()));
    onClick("save-keep", () => save("keep.txt", keepList().text));
    onClick("save-decisions", () => save("decisions.json", JSON.stringify(decisions(), null, 1)));
    onClick("save-text", () => save("clean.txt", cleanText(docs[state.doc])));
    byId("partly").addEventListener("change", showExport);
    byId("load").addEventListener("change", (event) => loadDecisions(event.target.files[0]));
    byId("least").addEventListener("input", (event) => {
      state.least = Number(event.target.value);
      byId("least-out").textContent = `${state.least} %`;
      refresh();
    });
  }

  function start() {
    setTheme(stored("cleaner-theme") || "auto");
    byId("title").textContent = data.title;
    byId("notes").textContent = data.notes.join(" ");
    listen();
    if (data.kind === "serve") {
      startLive();
      return;
    }
    recall();
    showSwitches();
    listDocuments();
    if (docs.length) openDocument(0);
    else byId("head").replaceChildren(node("p", { className: "empty" }, "The ledger tells of no document in which anything was done."));
  }

  // For tests, and for those who look: what the page works with, without its elements.
  window.review = Object.freeze({
    apply, marked, unitsOf, zip, tomlString, escapeRegex, fixtures, rulesToml, keepList, decisions, adopt, state, off,
    documents: () => docs.map(ready),
    text: (index) => cleanText(docs[index]),
    applyPoints: (text, edits) => {
      const units = unitsOf(text, edits.flatMap(([start, end]) => [start, end]));
      return apply(text, edits.map(([, , fresh], n) => ({ start: units[2 * n], end: units[2 * n + 1], fresh })));
    },
    markPoints: (text, edits) => {
      const units = unitsOf(text, edits.flatMap(([start, end]) => [start, end]));
      return marked(text, edits.map(([, , fresh], n) => ({ start: units[2 * n], end: units[2 * n + 1], fresh })));
    },
  });
  start();
})();
