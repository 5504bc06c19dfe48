/** 1234567.5 → `1,234,567.5`, the same in every locale. */
export function grouped(count: number): string {
  return NUMBERS.format(count);
}
const NUMBERS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** `1,234 files` */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `12.3 MB`: millions of bytes. */
export function megabytes(bytes: number): string {
  const millions = bytes / 1e6;
  return millions < 100 ? `${millions.toFixed(1)} MB` : `${grouped(Math.round(millions))} MB`;
}
