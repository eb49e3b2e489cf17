/* What Gradio says in English to those who hear the page, and in its messages, said in Chinese. */
(() => {
  const WORDS = {
    "More tabs": "更多页", "chatbot conversation": "对话", "Copy message": "复制", "Copied message": "已复制",
    "Copy conversation": "复制对话", "Feedback": "反馈", "Multimedia input field": "写问题、放文件", "File upload": "选文件",
    "Upload a file": "上传文件", "Submit": "发送", "Stop": "停止", "common.upload": "再放文件", "Scroll down": "往下翻",
    "Click to upload or drop files": "放文件", "Remove this file": "去掉这个文件", "Close": "关闭", "Clear": "清空",
    "Like": "有用", "Dislike": "没用", "Retry": "重试", "Edit": "编辑", "Undo": "撤销", "Copy": "复制", "Copied": "已复制",
    "Error": "出错了", "Warning": "请注意", "Info": "提示", "Success": "完成", "Download": "下载", "Remove": "去掉",
    "View full screen": "放大", "Exit full screen": "缩小", "Connection Lost": "网络断开",
    "Connection Error": "网络断开", "Reconnected": "已重新连接", "Connection re-established.": "又连上了。",
    "Upload failed": "上传没有成功",
  };
  // What is said in other words, by Gradio or by a browser, whatever it is: of the line, or of something else.
  const ENGLISH = /[A-Za-z]{3,}/, CHINESE = /[\u4e00-\u9fff]/, OF_THE_LINE = /connect|network|server|fetch|load failed|offline/i;
  const LINE = "网络断开，正在重新连接…… 连上以后这一页自己接着显示，回答不会丢。";
  const OTHER = "出了错，没有完成。请再试一次；仍然不行，请管理员看运行窗口里的记录。";
  // A file that is not taken; its own name may be Chinese.
  const KIND = /^Invalid file types?: (.*)\. Only (.*) allowed\.$/s, SIZE = /maximum allowed size of ([\d.]+) ?(\w+)/;
  const NAMED = ["aria-label", "title"];
  const TOLD = ".toast-wrap, span.error";
  const SPOKEN = { "user's message": "提问", "bot's message": "回答" };

  function name(element) {
    for (const attribute of NAMED) {
      const value = element.getAttribute(attribute);
      if (!value) continue;
      // A whole answer as the name of its box would be read out twice.
      const spoken = /^(user's message|bot's message)/.exec(value);
      const word = spoken ? SPOKEN[spoken[1]] : WORDS[value];
      if (word && word !== value) element.setAttribute(attribute, word);
    }
    // Where words stand in it, they are the name; a box without a role has none.
    if (element.matches(".empty, .upload-container") && (element.innerText.trim() || element.matches(".empty")))
      element.removeAttribute("aria-label");
  }

  function refused(said) {
    const kind = KIND.exec(said);
    if (kind) return `${kind[1].replace(/ and (\d+) more$/, " 等")}：这种文件不收，没有放进来。这里收的是 ${kind[2].replaceAll(".", "").split(/, ?/).join("、")}。`;
    const size = SIZE.exec(said);
    return size && `文件太大，没有放进来，一份的上限是 ${parseFloat(size[1])} ${size[2].toUpperCase()}。`;
  }

  function say(box) {
    const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const said = texts.currentNode.data.trim();
      const word = WORDS[said] || refused(said) || (ENGLISH.test(said) && !CHINESE.test(said) && (OF_THE_LINE.test(said) ? LINE : OTHER));
      if (word) texts.currentNode.data = word;
      // A line that is being mended is no error of anybody's.
      const title = word === LINE && texts.currentNode.parentElement.closest(".toast-body")?.querySelector(".toast-title");
      if (title) title.textContent = "请稍候";
    }
  }

  function visit(root) {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    if (root.matches("[aria-label], [title]")) name(root);
    for (const element of root.querySelectorAll("[aria-label], [title]")) name(element);
    const around = root.closest(TOLD);
    for (const box of around ? [around] : root.querySelectorAll(TOLD)) say(box);
  }

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") name(change.target);
      else if (change.type === "characterData") {
        const box = change.target.parentElement?.closest(TOLD);
        if (box) say(box);
      }
      else for (const added of change.addedNodes) visit(added);
    }
  }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: NAMED });
})();
