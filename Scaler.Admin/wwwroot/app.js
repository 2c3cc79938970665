// Keyboard shortcuts, scrolling, URL updates and the clipboard, which need browser APIs.
(() => {
  const editable = target => target.closest?.('input, textarea, select, [contenteditable], fluent-text-input, fluent-textarea');

  // "/" focuses the page's search field, as in most consoles.
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey || editable(event.composedPath()[0]) || editable(event.target)) {
      return;
    }
    const search = document.querySelector('[data-search]');
    if (search) {
      event.preventDefault();
      search.focus();
    }
  });

  document.getElementById('components-reconnect-button')?.addEventListener('click', () => Blazor.reconnect());

  let pendingUrl;

  window.scaler = {
    // Scrolls a table to a row, after the table has reached the height of its rows.
    scrollTo: (region, row, rows) => {
      const go = tries => {
        const height = region.querySelector('tbody')?.offsetHeight ?? 0;
        if (height > rows * 20) {
          region.scrollTop = row * (height / rows);
        } else if (tries > 0) {
          requestAnimationFrame(() => go(tries - 1));
        }
      };
      go(300);
    },

    // Replaces the URL. The delay limits the rate, because browsers reject frequent history updates.
    replaceUrl: url => {
      clearTimeout(pendingUrl);
      pendingUrl = setTimeout(() => {
        const target = new URL(url, document.baseURI);
        if (target.pathname === location.pathname) {
          history.replaceState(history.state, '', target);
        }
      }, 400);
    },

    // The clipboard API requires a secure context: HTTPS or localhost.
    copy: async text => {
      if (navigator.clipboard) {
        await navigator.clipboard.writeText(text);
        return true;
      }
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      return done;
    },
  };
})();
