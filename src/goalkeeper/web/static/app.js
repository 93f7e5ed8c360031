// Reads charts out: pointer and arrow keys show a mark's numbers, a polite live region says them.
const tip = Object.assign(document.createElement('div'), {className: 'tip', hidden: true});
const live = Object.assign(document.createElement('p'), {className: 'vh'});
live.setAttribute('aria-live', 'polite');
document.body.append(tip, live);
for (const box of document.querySelectorAll('[data-points]')) {
  const points = JSON.parse(box.dataset.points), chart = box.querySelector('svg');
  if (!chart || !points.length) continue;
  let place = points.length - 1;
  const line = Object.assign(document.createElement('i'), {className: 'cross', hidden: true});
  box.append(line);
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'Chart; arrow keys read its marks');
  const inside = () => {
    const whole = chart.getBoundingClientRect(), style = getComputedStyle(chart), left = parseFloat(style.paddingLeft);
    return {left: whole.left + left, width: whole.width - left - parseFloat(style.paddingRight), top: whole.top};
  };
  const show = (to, say) => {
    place = Math.max(0, Math.min(points.length - 1, to));
    const [head, words] = points[place], area = inside(), x = area.left + (place + .5) / points.length * area.width;
    const title = Object.assign(document.createElement('b'), {textContent: head});
    tip.replaceChildren(title, words);
    tip.hidden = line.hidden = false;
    line.style.left = `${x - box.getBoundingClientRect().left}px`;
    tip.style.left = `${Math.max(8, Math.min(innerWidth - 260, x + 12))}px`;
    tip.style.top = `${area.top + 12}px`;
    if (say) live.textContent = `${head}: ${words}`;
  };
  const hide = () => { tip.hidden = line.hidden = true; };
  box.addEventListener('pointermove', event => {
    const area = inside();
    show(Math.floor((event.clientX - area.left) / area.width * points.length));
  });
  box.addEventListener('pointerleave', hide);
  box.addEventListener('blur', hide);
  box.addEventListener('keydown', event => {
    const step = {ArrowLeft: -1, ArrowRight: 1, Home: -1e6, End: 1e6}[event.key];
    if (step) { event.preventDefault(); show(place + step, true); }
    if (event.key === 'Escape') hide();
  });
}
