/** Finds cases by what somebody sees: a message, an event reason, an exit code. */
import type { CasePage } from './cases.ts';

export interface CaseHit {
  page: CasePage;
  /** The text that matched best, for showing beside the title; absent for a title match. */
  matched?: string;
  score: number;
}

/** Where a word was found decides how much it counts: a symptom spelled out beats a word in the page. */
const SCORE = { symptomExact: 60, id: 40, title: 30, symptom: 25, body: 5 };

/**
 * Cases that contain every word of `query`, best first. Words are compared without case; quoted text
 * (`"i/o timeout"`) is one word. An empty query gives all pages by title.
 */
export function searchCases(pages: readonly CasePage[], query: string): CaseHit[] {
  const words = wordsOf(query);
  const whole = query.trim().toLowerCase();
  return pages
    .flatMap((page) => score(page, words, whole))
    .sort((a, b) => b.score - a.score || (a.page.title < b.page.title ? -1 : 1));
}

const wordsOf = (query: string): string[] =>
  [...query.toLowerCase().matchAll(/"([^"]+)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');

function score(page: CasePage, words: string[], whole: string): CaseHit[] {
  const title = page.title.toLowerCase();
  const symptoms = page.symptoms.map((symptom) => ({ symptom, lower: symptom.toLowerCase() }));
  const body = page.body.toLowerCase();
  const id = page.id.toLowerCase();
  let total = symptoms.some(({ lower }) => whole !== '' && lower.includes(whole)) ? SCORE.symptomExact : 0;
  let matched: string | undefined;
  for (const word of words) {
    const symptom = symptoms.find(({ lower }) => containsWord(lower, word));
    const parts =
      (id.includes(word) ? SCORE.id : 0) +
      (title.includes(word) ? SCORE.title : 0) +
      (symptom ? SCORE.symptom : 0) +
      (containsWord(body, word) ? SCORE.body : 0);
    if (parts === 0) return [];
    total += parts;
    matched ??= symptom?.symptom;
  }
  return [matched === undefined ? { page, score: total } : { page, score: total, matched }];
}

/** A number matches as a whole: `137` is not in `:13700`. Other words match anywhere. */
function containsWord(text: string, word: string): boolean {
  if (!/^\d+$/.test(word)) return text.includes(word);
  return new RegExp(`(?<!\\d)${word}(?!\\d)`).test(text);
}
