/** SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). */
import type { Finding, Severity } from '../../core/finding.ts';
import { formatRef } from '../../core/kube/ref.ts';
import type { SourceFile } from '../../core/yaml/document.ts';
import { type LineColumn, positionsIn } from '../../core/yaml/position.ts';

const LEVEL: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note', hint: 'note' };

export function sarif(findings: readonly Finding[], files: readonly SourceFile[]): string {
  const ids = [...new Set(findings.map(({ id }) => id))].sort();
  const positions = positionsIn(files);
  const run = {
    tool: {
      driver: {
        name: 'pod-triage',
        rules: ids.map((id) => ({
          id,
          defaultConfiguration: { level: LEVEL[findings.find((each) => each.id === id)?.severity ?? 'info'] },
        })),
      },
    },
    columnKind: 'utf16CodeUnits',
    results: findings.map((finding) => ({
      ruleId: finding.id,
      ruleIndex: ids.indexOf(finding.id),
      level: LEVEL[finding.severity],
      message: { text: finding.message },
      locations: [location(finding)],
      // Survives moved lines: what, on which object, where in it.
      partialFingerprints: {
        'podTriage/v1': `${finding.id}|${formatRef(finding.object)}|${finding.path ?? ''}`,
      },
      ...(finding.fixes.length > 0 ? { fixes: finding.fixes.map((fix) => fixOf(fix, positions)) } : {}),
    })),
  };
  return `${JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 1)}\n`;
}

const uri = (file: string): string => file.split(/[\\/]/).map(encodeURIComponent).join('/');

function location(finding: Finding) {
  return {
    physicalLocation: {
      artifactLocation: { uri: uri(finding.file ?? '') },
      region: {
        startLine: finding.line,
        startColumn: finding.column,
        endLine: finding.endLine,
        endColumn: finding.endColumn,
      },
    },
    logicalLocations: [{ fullyQualifiedName: formatRef(finding.object), kind: 'object' }],
  };
}

function fixOf(
  fix: Finding['fixes'][number],
  positions: ReadonlyMap<string, (offset: number) => LineColumn>,
) {
  const files = [...new Set(fix.edits.map(({ file }) => file))];
  return {
    description: { text: fix.title },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: uri(file) },
      replacements: fix.edits
        .filter((edit) => edit.file === file)
        .map((edit) => {
          const start = positions.get(file)?.(edit.start);
          const end = positions.get(file)?.(edit.end);
          return {
            deletedRegion: {
              startLine: start?.line,
              startColumn: start?.column,
              endLine: end?.line,
              endColumn: end?.column,
            },
            insertedContent: { text: edit.text },
          };
        }),
    })),
  };
}
