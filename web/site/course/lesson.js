// Reads a lesson: a text file in Markdown with marks (assets/course/README.md) becomes plain values, which render.js
// shows. Everything that is wrong is refused here, with its line, before anything is shown or run. Touches no page.
import { kBlocks, parseBlock, parseHead } from './blocks.js';
import { markExtensions } from './marks.js';
import { Marked } from './marked.js';

export const kMostBytes = 256 * 1024;
const kMostPages = 60;
// More of these letters, or longer lines of them, take a Markdown parser long.
const kMostSigns = 6000, kLongestLine = 4000, kDeepest = 24;

export class LessonError extends Error {
  constructor(file, line, sentence) {
    super(`[lesson] ${file}, line ${line}: ${sentence}`);
    this.name = 'LessonError';
    this.file = file;
    this.line = line;
  }
}

function refuseTooMuch(text, fail) {
  if (new TextEncoder().encode(text).length > kMostBytes) fail(1, `it has more than ${kMostBytes / 1024} KB`);
  if (text.includes('\0')) fail(1, 'it is no text');
  text.split('\n').forEach((line, index) => {
    if (line.length > kLongestLine) fail(index + 1, `a line has at most ${kLongestLine} letters`);
    if (/^[\s>]*/.exec(line)[0].length > kDeepest) fail(index + 1, 'it is nested too deeply');
  });
  if ((text.match(/[[{*_`~<|#]/g) ?? []).length > kMostSigns) fail(1, `more than ${kMostSigns} signs of Markdown are too many`);
}

const kPlain = new Set(['paragraph', 'text', 'strong', 'em', 'codespan', 'code', 'list', 'list_item', 'br', 'escape',
  'space', 'blockquote', 'heading', 'table', 'number', 'word', 'button', 'pointer', 'formula']);

// Only our own marks and plain text; a link may lead to another place of this page.
function refuseForeign(token) {
  if (token.type === 'html') throw new Error('HTML is not allowed in a lesson');
  if (token.type === 'image') throw new Error('images are not allowed in a lesson');
  if (token.type === 'link') {
    if (!token.href.startsWith('#')) throw new Error(`links to other places are not allowed in a lesson: ${token.href.slice(0, 60)}`);
  } else if (!kPlain.has(token.type)) {
    throw new Error(`“${token.raw.trim().slice(0, 40)}” is not allowed in a lesson`);
  }
  const inside = [...(token.tokens ?? []), ...(token.items ?? [])];
  if (token.type === 'table') inside.push(...token.header.flatMap((cell) => cell.tokens), ...token.rows.flat(2).flatMap((cell) => cell.tokens));
  inside.forEach(refuseForeign);
}

// The line of a paragraph up to which it is refused already.
function lineInside(raw, isWrong) {
  const lines = raw.split('\n');
  if (raw.length > 4000) return 1;
  const count = lines.findIndex((_, index) => isWrong(lines.slice(0, index + 1).join('\n')));
  return count + 1 || lines.length;
}

// {title, experiment, pages: [{title, parts: [{kind: 'text', tokens} or a block of blocks.js]}]}
// `check` as in marks.js; `file` is the name in error messages.
export function parseLesson(text, check, file = 'the lesson') {
  const fail = (line, sentence) => {
    throw new LessonError(file, line, sentence);
  };
  if (typeof text !== 'string') fail(1, 'it is no text');
  text = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  refuseTooMuch(text, fail);

  const tools = toolsFor(check);
  const lesson = { title: '', experiment: null, minutes: 0, pages: [] };
  for (const part of partsOf(text)) {
    try {
      take(part, lesson, tools);
    } catch (error) {
      const inside = part.kind === 'text' ? lineInside(part.raw, (raw) => isRefused(raw, tools)) - 1 : 0;
      fail(part.line + inside, error.message);
    }
  }
  lesson.pages = lesson.pages.filter(({ title, parts }) => title || parts.length);
  if (!lesson.title) fail(1, 'a lesson begins with its title: # …');
  if (!lesson.pages.length) fail(1, 'it has no page');
  if (lesson.pages.length > kMostPages) fail(1, `more than ${kMostPages} pages are too many`);
  return lesson;
}

// What blocks.js needs to read its texts.
function toolsFor(check) {
  const markdown = new Marked({ gfm: true });
  markdown.use({ extensions: markExtensions(check) });
  const tokens = (source) => {
    const read = markdown.lexer(source);
    read.forEach(refuseForeign);
    return read;
  };
  return { check, tokens, inline: (source) => tokens(source).filter(({ type }) => type !== 'space') };
}

function isRefused(raw, { tokens }) {
  try {
    tokens(raw);
    return false;
  } catch {
    return true;
  }
}

// Adds a heading, a text or a block to the lesson.
function take({ kind, raw, line, source, depth, title }, lesson, tools) {
  if (kind === 'heading') {
    if (depth === 1 && lesson.title) throw new Error('a lesson has one title; a page begins with ##');
    if (depth === 1) lesson.title = title;
    lesson.pages.push({ title: depth === 1 ? '' : title, parts: [] });
    return;
  }
  if (!lesson.title) throw new Error('a lesson begins with its title: # …');
  const { parts } = lesson.pages.at(-1);
  if (kind === 'text') {
    const tokens = tools.tokens(raw);
    if (tokens.some(({ type }) => type !== 'space')) parts.push({ kind, tokens });
  } else if (kind === 'lesson') {
    if (lesson.experiment) throw new Error('a lesson has one block of this kind');
    Object.assign(lesson, parseHead(source, tools));
  } else {
    parts.push({ ...parseBlock(kind, source, tools), line });
  }
}

// Cuts the text into headings, blocks between ``` and the paragraphs between them, each with its line.
function partsOf(text) {
  const parts = [];
  const lines = text.split('\n');
  let paragraph = [];
  const close = (index) => {
    const raw = paragraph.join('\n');
    if (raw.trim()) parts.push({ kind: 'text', raw, line: index - paragraph.length + 1 });
    paragraph = [];
  };
  for (let i = 0; i < lines.length; ++i) {
    const heading = /^(#{1,2}) +(.+?)\s*$/.exec(lines[i]);
    const fence = /^(```+)\s*([A-Za-z]*)\s*$/.exec(lines[i]);
    if (heading) {
      close(i);
      parts.push({ kind: 'heading', depth: heading[1].length, title: plainTitle(heading[2]), raw: lines[i], line: i + 1 });
    } else if (fence && kBlocks.has(fence[2])) {
      close(i);
      const end = lines.findIndex((line, at) => at > i && line.trim() === fence[1]);
      const last = end < 0 ? lines.length : end;
      const source = lines.slice(i + 1, last).join('\n');
      parts.push({ kind: end < 0 ? 'unclosed' : fence[2], source, raw: source, line: i + 1 });
      i = last;
    } else if (fence) {  // plain code: its lines are no headings
      const end = lines.findIndex((line, at) => at > i && line.trim() === fence[1]);
      const last = end < 0 ? lines.length - 1 : end;
      paragraph.push(...lines.slice(i, last + 1));
      i = last;
    } else {
      paragraph.push(lines[i]);
    }
  }
  close(lines.length);
  return parts;
}

const plainTitle = (text) => text.replace(/[*_`]/g, '').slice(0, 120);

