/** Rows of tables, and numbers as people read them. */

export const shown = (value: number, digits = 0) =>
  Number.isNaN(value) ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: digits });

export function row(cells: readonly (string | Node)[]): HTMLTableRowElement {
  const line = document.createElement('tr');
  line.append(
    ...cells.map((content) => {
      const cell = document.createElement('td');
      cell.append(content);
      return cell;
    }),
  );
  return line;
}
