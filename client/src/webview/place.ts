/** Where pages and texts open: two columns, text and pages, and never a third. */
import * as vscode from 'vscode';

const isOurs = ({ input }: vscode.Tab): boolean =>
  input instanceof vscode.TabInputWebview && /podTriage\.(report|case)$/.test(input.viewType);

const showsPages = (group: vscode.TabGroup): boolean => group.tabs.some(isOurs);

/** The group that has our pages; else one beside the text, which is made when there is none. */
export function pageColumn(): vscode.ViewColumn {
  const groups = vscode.window.tabGroups.all;
  const group = groups.find(showsPages) ?? groups.find(({ isActive }) => !isActive);
  return group?.viewColumn ?? vscode.ViewColumn.Beside;
}

/** A group that does not show our pages, so that text opened from a page does not cover it. */
export function textColumn(): vscode.ViewColumn {
  const group = vscode.window.tabGroups.all.find((each) => !showsPages(each));
  return group?.viewColumn ?? vscode.ViewColumn.Beside;
}
