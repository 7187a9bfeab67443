// Measures the page it stands in, for report_test.py: what is too wide, too small, too pale or covered.
(function () {
  function luminance(color) {
    return [0.2126, 0.7152, 0.0722].reduce(function (sum, weight, i) {
      var c = color[i] / 255;
      return sum + weight * (c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
    }, 0);
  }
  function rgb(text) {
    var found = text.match(/[\d.]+/g);
    return found ? found.map(Number) : [0, 0, 0, 0];
  }
  function background(element) {
    for (var at = element; at; at = at.parentElement) {
      var color = rgb(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  }
  function contrast(a, b) {
    var bright = Math.max(luminance(a), luminance(b)), dark = Math.min(luminance(a), luminance(b));
    return (bright + 0.05) / (dark + 0.05);
  }
  function own_text(element) {
    return Array.from(element.childNodes).some(function (node) { return node.nodeType === 3 && node.data.trim(); });
  }
  function say(element) { return element.tagName + ": " + element.textContent.trim().slice(0, 40); }

  var result = {width: innerWidth, texts: 0, small: [], overlapping: [], outside: [], pale: [],
                unnamed: 0, widest: "", requests: performance.getEntriesByType("resource").map(function (e) { return e.name; })};
  document.querySelectorAll("details").forEach(function (each) { each.open = true; });
  result.scroll = document.documentElement.scrollWidth;
  document.querySelectorAll("body *").forEach(function (element) {
    if (element.closest("script") || !element.getClientRects().length) return;
    var style = getComputedStyle(element), drawn = element.closest("svg.plot, .legend svg");
    if (result.scroll > innerWidth && !result.widest && element.getBoundingClientRect().right > innerWidth + 1 &&
        !element.closest(".scroll, pre, .equations, .right")) result.widest = say(element);
    if (!own_text(element)) return;
    ++result.texts;
    var scale = drawn ? drawn.getBoundingClientRect().width / drawn.viewBox.baseVal.width : 1;
    // Scripts of formulas may be smaller than text.
    var size = parseFloat(style.fontSize) * scale, least = element.closest("math") ? 6 : 10;
    if (size < least) result.small.push(say(element) + " " + size.toFixed(1));
    var ink = rgb(drawn ? style.fill : style.color);
    var ratio = contrast(ink, background(element));
    // A halo in the colour of the page is around words that stand on colours.
    if (ratio < (size >= 24 ? 3 : 4.5)) result.pale.push(say(element) + " " + ratio.toFixed(2));
  });
  document.querySelectorAll("svg.plot").forEach(function (picture) {
    if (!picture.getAttribute("aria-label")) ++result.unnamed;
    var frame = picture.getBoundingClientRect();
    var words = Array.from(picture.querySelectorAll("text")), boxes = words.map(function (word) { return word.getBoundingClientRect(); });
    boxes.forEach(function (a, i) {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
        result.outside.push(say(words[i]));
      for (var j = 0; j < i; ++j) {
        var b = boxes[j], x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        var y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (x > 1 && y > 3) result.overlapping.push(say(words[j]) + " / " + say(words[i]));
      }
    });
  });
  parent.postMessage(JSON.stringify(result), "*");
})();
