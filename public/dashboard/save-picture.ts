/** What is seen, as a PNG that says what it is. */
import type { ChartView } from './chart-view.ts';

export interface PictureText {
  readonly title: string;
  /** Shown large when the market is not a real one. */
  readonly warning: string | null;
}

const margin = 12;
const headHeight = 34;

export function savePicture(view: ChartView, map: HTMLCanvasElement, { title, warning }: PictureText): void {
  const chart = view.chart.takeScreenshot();
  const canvas = document.createElement('canvas');
  canvas.width = chart.width + map.width + 3 * margin;
  canvas.height = Math.max(chart.height, map.height) + headHeight + 2 * margin;
  const context = canvas.getContext('2d')!;
  const style = getComputedStyle(document.documentElement);
  context.fillStyle = style.getPropertyValue('--ground');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = style.getPropertyValue('--text');
  context.font = '16px system-ui';
  context.fillText(title, margin, margin + 18);
  if (warning !== null) {
    context.fillStyle = '#f6465d';
    context.font = 'bold 18px system-ui';
    context.fillText(warning, canvas.width - margin - context.measureText(warning).width, margin + 18);
  }
  context.drawImage(chart, margin, headHeight + margin);
  context.drawImage(map, chart.width + 2 * margin, headHeight + margin);
  canvas.toBlob((blob) => {
    if (blob === null) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${title.replaceAll(/[^\w-]+/g, '-')}.png`;
    link.click();
    URL.revokeObjectURL(link.href);
  }, 'image/png');
}
