/** What can be wrong with the text of a document, in our own words. */
import { fillTemplate, type MessageData, type Translate } from '../finding.ts';

/** Every problem says what is wrong at its place and what to do there. */
export const SYNTAX_MESSAGES = {
  unexpected:
    'The document cannot be read from here on; check the indentation and quotes of this line and the one above.',
  tabIndent: 'A tab indents this line, and YAML allows only spaces; the document cannot be read.',
  aliasLimit: 'The document grows beyond any use when its aliases are followed; it is not read.',
  depthLimit: 'The document is nested too deeply; it is not read.',
  control:
    'Control character {char} is not allowed in YAML; delete it, or write it as an escape in double quotes.',
  openQuote: 'The {quote} that opens here is never closed; close it at the end of the value.',
  openBracket: 'The {bracket} that opens here is not closed; write the {closing} that belongs to it.',
  strayBracket: 'The {bracket} closes nothing here; delete it, or put the value in quotes.',
  missingComma: 'A comma is missing before this, or a colon between a key and its value; write it.',
  extraComma: 'The comma follows no item; delete it.',
  afterValue: 'The value ended before this; put all of it in quotes, and escape the quotes inside.',
  secondColon:
    'The value holds a colon followed by a blank, so it reads as another key; put the value in quotes.',
  noColon:
    'This line is neither "key: value" nor a list item; write the colon and a blank behind its key, or the dash before it.',
  deeper: 'This line is indented deeper than the key above, which has its value already; indent both alike.',
  indent: 'The indentation of this line fits none of the lines above; indent it as its neighbours are.',
  itemAmongKeys: 'A list item stands among keys; indent it below the key that it belongs to.',
  itemBesideKey: 'A list item cannot begin on the line of its key; put it on the next line.',
  outside:
    'This belongs to nothing above; indent it as the first line is, or begin a new document with "---".',
  badStart: 'A value cannot begin with "{char}"; put it in quotes.',
  badEscape: '{escape} is no escape of double quotes; write the backslash twice, or use single quotes.',
  blockHeader:
    'Only a comment can follow the {header} that opens a block of text; begin the text on the next line.',
  blockIndent:
    'The block of text opens with a blank line that is indented deeper than its text; empty that line.',
  unknownAlias:
    'No anchor {name} stands above this alias; write &{name} at a value above, or put this value in quotes.',
  comment: 'A comment needs a blank before its "#"; write the blank, or put the value in quotes.',
  properties: 'A value takes one anchor and one tag, and an alias takes none; delete this one.',
  directive:
    'A line that begins with "%" is for the reader and needs a line "---" below it; write that, or delete this.',
  nullKey: 'A key cannot be null; write the key, or put it in quotes.',
  keyKind: 'Only text can be a key, not a list or map; put the key in quotes.',
  longKey: 'The key is longer than 1,024 characters; shorten it, or put a "? " before it.',
} as const;

export type SyntaxCode = keyof typeof SYNTAX_MESSAGES;

/** Something the YAML reader objects to. Offsets count from the start of the document. */
export interface SyntaxProblem {
  code: SyntaxCode;
  data?: MessageData;
  start: number;
  end: number;
}

/** The problem as a sentence. */
export const syntaxText = (
  { code, data = {} }: SyntaxProblem,
  translate: Translate = (template) => template,
): string => fillTemplate(translate(SYNTAX_MESSAGES[code]), data);
