/** One way to apply members, as a line of both charts: points of [members, value]. */
export interface Line {
  readonly name: string;
  readonly seconds: [number, number][];
  readonly mib: [number, number][];
}

const size = { width: 400, height: 300, left: 56, right: 16, top: 40, bottom: 48 };
const colors = ["#c0392b", "#1f6fb2", "#555555"];

/** Two charts side by side, both axes logarithmic: time and memory over the number of members. */
export function picture(lines: readonly Line[]): string {
  const seconds = chart("Time in seconds", lines, ({ seconds: points }) => points, [0.01, 100]);
  const mib = chart("Memory in MiB", lines, ({ mib: points }) => points, [10, 10_000]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * size.width} ${size.height + 24}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#ffffff"/>
<g>${seconds}</g>
<g transform="translate(${size.width} 0)">${mib}</g>
${legend(lines)}
</svg>
`;
}

function chart(
  title: string,
  lines: readonly Line[],
  pointsOf: (line: Line) => readonly [number, number][],
  [lowest, highest]: readonly [number, number],
): string {
  const x = (members: number): number => along(members, [1, 1000], [size.left, size.width - size.right]);
  const y = (value: number): number => along(value, [lowest, highest], [size.height - size.bottom, size.top]);
  const columns = [1, 10, 100, 1000].map(
    (members) =>
      `<path d="M${x(members)} ${size.top}V${size.height - size.bottom}" stroke="#dddddd"/>` +
      `<text x="${x(members)}" y="${size.height - size.bottom + 16}" text-anchor="middle">${members}</text>`,
  );
  const rows = powersOfTen(lowest, highest).map(
    (value) =>
      `<path d="M${size.left} ${y(value)}H${size.width - size.right}" stroke="#dddddd"/>` +
      `<text x="${size.left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const drawn = lines.map((line, index) => {
    const points = pointsOf(line).map(([members, value]) => [x(members).toFixed(1), y(value).toFixed(1)] as const);
    const color = colors[index] ?? "#000000";
    const dots = points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`);
    const path = points.map((point) => point.join(" ")).join("L");
    return path === "" ? "" : `<path d="M${path}" fill="none" stroke="${color}" stroke-width="2"/>${dots.join("")}`;
  });
  return [
    `<text x="${size.left}" y="24" font-size="14">${title}</text>`,
    ...columns,
    ...rows,
    ...drawn,
    `<text x="${(size.left + size.width - size.right) / 2}" y="${size.height - 14}" text-anchor="middle">members</text>`,
  ].join("\n");
}

function legend(lines: readonly Line[]): string {
  return lines
    .map(({ name }, index) => {
      const left = size.left + index * 160;
      return `<circle cx="${left}" cy="${size.height + 8}" r="4" fill="${colors[index]}"/><text x="${left + 10}" y="${size.height + 12}">${name}</text>`;
    })
    .join("\n");
}

/** The place of a value on a logarithmic axis. */
function along(value: number, [from, to]: readonly [number, number], [start, end]: readonly [number, number]): number {
  return start + ((Math.log(value) - Math.log(from)) / (Math.log(to) - Math.log(from))) * (end - start);
}

function powersOfTen(lowest: number, highest: number): number[] {
  const count = Math.round(Math.log10(highest / lowest)) + 1;
  return Array.from({ length: count }, (_, index) => Number((lowest * 10 ** index).toPrecision(1)));
}
