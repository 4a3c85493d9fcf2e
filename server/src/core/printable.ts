/** The cluster's own words made safe to show: they must not steer a terminal, nor pose as lines of ours. */

/** Controls but tab and line feed, and the marks that turn the reading direction round. */
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Each steering character becomes U+FFFD, so that one sees that something stood there. */
export const printable = (text: string): string => text.replace(STEERING, '\ufffd');

/** The same, in one line. */
export const oneLine = (text: string): string => printable(text.replace(/[\t\r\n]+/g, ' '));
