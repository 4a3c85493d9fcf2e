/** Text → documents → manifests. */
import type { KubeObject } from '../kube/object.ts';
import type { Path } from '../path.ts';
import type { SchemaProblem } from '../schema/read.ts';
import type { Schema } from '../schema/schema.ts';
import type { MapNode, Node } from './node.ts';
import type { SyntaxProblem } from './syntax.ts';

/** An object as text: its data as the API server would read it, and the tree that says where each value stands. */
export interface Manifest {
  object: KubeObject;
  node: MapNode;
  /** Where the object stands in its document: `[]`, or `['items', 3]` in a List. */
  within: Path;
  /** Where the text and the schema of the kind disagree; found while reading. */
  schemaProblems: SchemaProblem[];
}

/**
 * One document of a file, cached by its text.
 * ok: sound YAML. broken: unreadable, its findings are withheld. template: holds template
 * markup (Helm, `{{ }}`), nothing is said about it. empty: nothing but blanks and comments.
 */
export interface Document {
  kind: 'ok' | 'broken' | 'template' | 'empty';
  text: string;
  root?: Node;
  problems: SyntaxProblem[];
  /** The Kubernetes objects of the document; empty when it is something else. */
  manifests: Manifest[];
  /** broken: what stood here when it could be read last. It keeps others from missing what is being typed. */
  remembered?: Manifest[];
}

export interface PlacedDocument {
  /** Offset of the document's text in the file. */
  start: number;
  document: Document;
}

export interface SourceFile {
  /** Path or URI, as the caller names it. */
  file: string;
  text: string;
  documents: PlacedDocument[];
  /** The schema that its objects were read with. */
  schema?: Schema;
}
