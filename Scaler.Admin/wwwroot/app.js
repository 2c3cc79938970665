// The keyboard and the clipboard: what only the browser can do.
(() => {
  const editable = target => target.closest?.('input, textarea, select, [contenteditable], fluent-text-input, fluent-textarea');

  // "/" goes to the page's search field, as in most consoles.
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

  window.scaler = {
    // The clipboard API exists only where the page is served by HTTPS or from this machine.
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
