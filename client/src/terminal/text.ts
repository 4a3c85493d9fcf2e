/** Lines that we print into a terminal ourselves. Text of the cluster in them has its control characters removed. */

const CSI = '\u001b[';
export const dim = (text: string): string => `${CSI}2m${text}${CSI}0m`;
export const bold = (text: string): string => `${CSI}1m${text}${CSI}0m`;
export const red = (text: string): string => `${CSI}31m${text}${CSI}0m`;

/** Without C0 and C1 controls, so that no title, link or clipboard sequence of a cluster gets through. */
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');

export const line = (text: string): string => `${text}\r\n`;
