// The table of chapters: what there is, how far the reader is, and other lessons from files.
import { chooseFile } from '../files.js';
import { element } from './render.js';

const kLine = /^(\d+)\. \[([^\]]+)\]\(((\d+)-[a-z0-9-]+\.md)\)$/;

// "1. [From rules to learning](01-rules.md)": [{number, title, file}]
export function parseContents(text) {
  const chapters = [];
  for (const line of text.split('\n')) {
    if (!/^\d+\. /.test(line)) continue;
    const found = kLine.exec(line);
    if (!found || Number(found[1]) !== Number(found[4])) throw new Error(`contents: “${line}” is not of the form 1. [title](01-name.md)`);
    chapters.push({ number: Number(found[1]), title: found[2], file: found[3] });
  }
  return chapters;
}

// `act`: {open(number), lessonFile(file), restore() or null}
export function contentsNodes(chapters, progress, act) {
  const row = ({ number, title }) => {
    const of = progress.of(number);
    const words = progress.isRead(number) ? 'read' : of ? `page ${of.page + 1} of ${of.pages}` : '';
    return element('li', { value: number },
      element('button', { type: 'button', class: 'chapter', 'data-chapter': number, onclick: () => act.open(number) },
        element('span', {}, title), element('span', { class: 'how-far' }, words)));
  };
  const nodes = [element('ol', { class: 'chapters' }, ...chapters.map(row))];
  const more = [element('button', { type: 'button', class: 'quiet', onclick: () => chooseFile(act.lessonFile) }, 'Open a lesson from a file')];
  if (act.restore) more.push(element('button', { type: 'button', class: 'quiet', id: 'course-restore', onclick: act.restore }, 'Back to my run from before the course'));
  nodes.push(element('p', { class: 'more' }, ...more));
  return nodes;
}
