// For each line that is shown: its name, its color, and 60 spots on it in pixels of the page.
return [...document.querySelectorAll('polyline')]
  .filter((line) => line.getBoundingClientRect().width > 0)
  .map((line) => {
    const total = line.getTotalLength();
    const matrix = line.getScreenCTM();
    const spots = [];
    for (let i = 0; i < 60; i++) {
      const at = line.getPointAtLength(((i + 0.5) / 60) * total).matrixTransform(matrix);
      spots.push(Math.round(at.x + scrollX) + ',' + Math.round(at.y + scrollY));
    }
    const plot = line.closest('section').querySelector('h2').id;
    return [plot + ' ' + line.dataset.series, getComputedStyle(line).stroke, spots.join(' ')].join(';');
  })
  .join('\n');
