// What is wrong with the page, a line each: contrast by WCAG 2.1 (1.4.3 and 1.4.11), names and labels.
const problems = [];
const say = (text, element) =>
  problems.push(text + ': ' + (element.outerHTML || '').slice(0, 120).replace(/\s+/g, ' '));
const channels = (color) => {
  const found = color.match(/[\d.]+/g).map(Number);
  return found.length < 4 ? [...found, 1] : found;
};
const luminance = ([r, g, b]) => {
  const linear = [r, g, b].map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const contrast = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};
const background = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const color = channels(getComputedStyle(e).backgroundColor);
    if (color[3] === 1) return color;
    if (color[3] !== 0) say('background is half transparent', e);
  }
  return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
};
const visible = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility === 'visible';

let texts = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !visible(element)) continue;
  if (['TITLE', 'DESC'].includes(element.tagName.toUpperCase())) continue;
  texts++;
  const style = getComputedStyle(element);
  const svg = element instanceof SVGElement;
  const color = channels(svg ? style.fill : style.color);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  const ratio = contrast(color, background(svg ? element.closest('svg').parentElement : element));
  if (ratio < (large ? 3 : 4.5)) say('text contrast is ' + ratio.toFixed(2), element);
  const scale = svg ? element.getScreenCTM().a : 1;
  if (size * scale < 10.5) say('text is only ' + (size * scale).toFixed(1) + ' px', element);
}
if (texts < 50) problems.push('only ' + texts + ' texts were seen');

let lines = 0;
for (const line of document.querySelectorAll('.line')) {
  if (!visible(line.closest('svg'))) continue;
  lines++;
  const ratio = contrast(
    channels(getComputedStyle(line).stroke), background(line.closest('svg').parentElement));
  if (ratio < 3) say('line contrast is ' + ratio.toFixed(2), line);
}
if (lines < 8) problems.push('only ' + lines + ' lines were seen');

if (!document.documentElement.lang) problems.push('the page has no language');
if (!document.title) problems.push('the page has no title');
if (document.querySelectorAll('h1').length !== 1) problems.push('there is not one h1');
if (document.querySelectorAll('main').length !== 1) problems.push('there is not one main');
let level = 0;
for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
  const next = Number(heading.tagName[1]);
  if (next > level + 1) say('heading skips a level', heading);
  level = next;
}
const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
if (new Set(ids).size !== ids.length) problems.push('an id is used twice');
for (const element of document.querySelectorAll('[aria-labelledby]')) {
  for (const id of element.getAttribute('aria-labelledby').split(/\s+/)) {
    if (!document.getElementById(id)?.textContent.trim()) say('label ' + id + ' is missing', element);
  }
}
for (const svg of document.querySelectorAll('svg:not([aria-hidden=true])')) {
  if (svg.getAttribute('role') !== 'img') say('drawing has no role', svg);
  if (!svg.querySelector(':scope > title')?.textContent.trim()) say('drawing has no title', svg);
  if (!svg.querySelector(':scope > desc')?.textContent.trim()) say('drawing has no description', svg);
  if (svg.tabIndex !== 0) say('drawing cannot be focused', svg);
}
for (const table of document.querySelectorAll('table')) {
  if (!table.caption?.textContent.trim()) say('table has no caption', table);
  if ([...table.querySelectorAll('th')].some((th) => !th.scope)) say('heading has no scope', table);
}
for (const element of document.querySelectorAll('*')) {
  const style = getComputedStyle(element);
  const scrolls = ['auto', 'scroll'].includes(style.overflowX) && element.scrollWidth > element.clientWidth;
  if (scrolls && element.tabIndex !== 0) say('scrolls and cannot be focused', element);
}
const page = document.scrollingElement;
if (page.scrollWidth > innerWidth) {
  problems.push('the page is ' + page.scrollWidth + ' wide in a window of ' + innerWidth);
}
return problems.join('\n') || 'none';
