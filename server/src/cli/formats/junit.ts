/** JUnit XML: one test case a file, one failure a finding. */
import type { Finding } from '../../core/finding.ts';
import type { SourceFile } from '../../core/yaml/document.ts';

// XML 1.0 cannot hold these characters at all.
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f]/g;

const escapeXml = (text: string): string =>
  text
    .replace(FORBIDDEN, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

export function junit(findings: readonly Finding[], files: readonly SourceFile[]): string {
  const cases = files.map(({ file }) => {
    const own = findings.filter((finding) => finding.file === file);
    const failures = own.map(
      ({ id, severity, line, column, message }) =>
        `   <failure type="${escapeXml(id)}" message="${escapeXml(message)}">${escapeXml(`${file}:${line}:${column} ${severity} ${id}`)}</failure>\n`,
    );
    return `  <testcase classname="pod-triage" name="${escapeXml(file)}">\n${failures.join('')}  </testcase>\n`;
  });
  const failed = new Set(findings.map(({ file }) => file)).size;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n <testsuite name="pod-triage" tests="${files.length}" failures="${failed}">\n${cases.join('')} </testsuite>\n</testsuites>\n`;
}
