/** The one stylesheet of the pages: light and dark by the reader's setting, one column below 720 px. */
export const stylesheet = `
:root{--bg:#f5f4f0;--surface:#fffefc;--sunken:#efede7;--ink:#20242b;--muted:#5f6670;--line:#dcd8ce;--accent:#0d6b68;--accent-ink:#fff;
--good:#26744a;--bad:#b0352a;--warn:#946200;--calm:#6a7280;--done:#6b48a3;--good-bg:#e3f2e8;--bad-bg:#fbe6e3;--warn-bg:#fbf0d5;--done-bg:#ede6f7;--info-bg:#dff0ef;
--radius:10px;--mono:ui-monospace,"SFMono-Regular","DejaVu Sans Mono",Menlo,Consolas,monospace;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--bg:#14161a;--surface:#1c1f25;--sunken:#23272e;--ink:#e3e5e9;--muted:#9aa3ae;--line:#343942;--accent:#63bdb7;--accent-ink:#0d1b1a;
--good:#61bd86;--bad:#f0857a;--warn:#dcae55;--calm:#98a1ad;--done:#b59be6;--good-bg:#173024;--bad-bg:#3b1f1d;--warn-bg:#352a14;--done-bg:#2a2140;--info-bg:#15312f}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;overflow-wrap:break-word}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--surface);padding:6px 12px;z-index:9}
h1{font-size:1.55rem;line-height:1.25;margin:0 0 .4rem;font-weight:650}h2{font-size:1.1rem;margin:1.6rem 0 .6rem}h3{font-size:1rem;margin:1.2rem 0 .4rem}
code,pre,.mono{font-family:var(--mono);font-size:.86em}
.top{display:flex;align-items:center;gap:22px;padding:11px 24px;background:var(--surface);border-bottom:1px solid var(--line)}
.brand{font-weight:700;color:var(--ink);white-space:nowrap}.brand span{color:var(--accent)}.top nav{display:flex;gap:16px;flex:1}.top nav a{color:var(--muted)}
.viewer{position:relative}.viewer summary{cursor:pointer;list-style:none;display:flex;gap:7px;align-items:center;padding:3px 10px;border:1px solid var(--line);border-radius:20px;white-space:nowrap}
.viewer summary::-webkit-details-marker{display:none}
.menu{position:absolute;right:0;top:38px;background:var(--surface);border:1px solid var(--line);border-radius:var(--radius);box-shadow:0 8px 28px #0003;padding:8px;z-index:5;min-width:190px}
.menu p{margin:2px 8px 6px;color:var(--muted);font-size:.85rem}.menu button{display:block;width:100%;text-align:left;background:none;border:0;padding:6px 8px;color:var(--ink)}
.menu button:hover,.menu button[aria-current]{background:var(--sunken)}
.repo-head{background:var(--surface);border-bottom:1px solid var(--line);padding:14px 24px 0}
.repo-name{max-width:1120px;margin:0 auto 8px;font-size:1.15rem}.strong{font-weight:650}
.tabs{max-width:1120px;margin:0 auto;display:flex;gap:2px;overflow-x:auto;overflow-y:hidden}
.tabs a{padding:9px 13px;color:var(--muted);border-bottom:3px solid transparent;white-space:nowrap}.tabs a:hover{color:var(--ink);text-decoration:none}
.tabs a[aria-current]{color:var(--ink);border-color:var(--accent);font-weight:600}
main{max-width:1168px;margin:0 auto;padding:24px}footer{max-width:1168px;margin:0 auto;padding:8px 24px 40px;color:var(--muted);font-size:.85rem}
.subtabs{margin:14px 0 20px;border-bottom:1px solid var(--line)}
.card{background:var(--surface);border:1px solid var(--line);border-radius:var(--radius);margin:0 0 18px;overflow:hidden}.card>.body{padding:16px 20px}
.card>header{display:flex;gap:10px;align-items:center;flex-wrap:wrap;padding:9px 16px;background:var(--sunken);border-bottom:1px solid var(--line);font-size:.92rem}
.card>footer{padding:9px 16px;border-top:1px solid var(--line);margin:0;max-width:none}
.list{list-style:none;margin:0;padding:0}.list>li{padding:11px 16px;border-top:1px solid var(--line);display:flex;gap:12px;align-items:flex-start}.list>li:first-child{border-top:0}
.list>li>.icon,.checks nav .icon{margin-top:4px}.list .grow{flex:1;min-width:0}.list .title{font-weight:600;color:var(--ink)}.list.dense>li{padding:7px 16px}
.muted,.small{color:var(--muted)}.small{font-size:.88rem}.empty{padding:28px;text-align:center;color:var(--muted)}
.pill,.count{display:inline-block;border:1px solid var(--line);border-radius:20px;padding:0 8px;font-size:.78rem;line-height:1.55;color:var(--muted);vertical-align:middle;white-space:nowrap}
.count{background:var(--sunken);border:0}.pill svg{vertical-align:-1px;margin-right:3px}
.state{display:inline-flex;gap:6px;align-items:center;border-radius:20px;padding:3px 13px;font-weight:600;font-size:.88rem;white-space:nowrap}
.state.open,.state.success{background:var(--good-bg);color:var(--good)}.state.closed,.state.failure,.state.error{background:var(--bad-bg);color:var(--bad)}.state.merged{background:var(--done-bg);color:var(--done)}
.state.draft,.state.inactive,.state.queued,.state.pending{background:var(--sunken);color:var(--muted)}.state.in_progress{background:var(--warn-bg);color:var(--warn)}
.icon{width:16px;height:16px;vertical-align:-3px;flex:none}.tone-success{color:var(--good)}.tone-failure{color:var(--bad)}.tone-attention,.tone-running,.tone-queued{color:var(--warn)}
.tone-neutral,.tone-skipped,.tone-cancelled{color:var(--calm)}
.tone-running{animation:breathe 1.6s ease-in-out infinite}@keyframes breathe{50%{opacity:.4}}@media(prefers-reduced-motion:reduce){.tone-running{animation:none}}
.avatar{display:inline-flex;width:22px;height:22px;border-radius:50%;align-items:center;justify-content:center;font-size:.72rem;font-weight:700;color:#fff;vertical-align:middle;flex:none}
.hue-0{background:#86592d}.hue-1{background:#0d6b68}.hue-2{background:#7a4fb0}.hue-3{background:#ad3f6e}.hue-4{background:#2f6296}.hue-5{background:#4d7a2a}.hue-6{background:#a14a24}.hue-7{background:#59606b}
.login{font-weight:600;color:var(--ink)}
button,.button{font:inherit;font-size:.92rem;cursor:pointer;background:var(--surface);color:var(--ink);border:1px solid var(--line);border-radius:7px;padding:5px 14px}
button:hover,.button:hover{border-color:var(--muted);text-decoration:none}button.primary{background:var(--accent);color:var(--accent-ink);border-color:var(--accent);font-weight:600}
button:disabled{opacity:.55;cursor:not-allowed}
textarea,select,input[type=text]{font:inherit;width:100%;color:var(--ink);background:var(--surface);border:1px solid var(--line);border-radius:7px;padding:8px 10px}textarea{min-height:110px;resize:vertical;display:block}
select{width:auto;padding:5px 8px}.actions{display:flex;gap:8px;flex-wrap:wrap;align-items:center;margin-top:10px}.actions+.md,.actions+h2{margin-top:18px}.actions.end{justify-content:flex-end}
.split{display:grid;grid-template-columns:minmax(0,1fr) 270px;gap:26px}.side h2{font-size:.85rem;color:var(--muted);margin:0 0 6px;font-weight:600}.side section{border-bottom:1px solid var(--line);padding:0 0 14px;margin:0 0 14px}
.timeline{position:relative}.event{padding:3px 0 14px 20px;color:var(--muted);font-size:.92rem;display:flex;gap:9px;align-items:baseline}.event .icon{position:relative;top:3px}.event>span{min-width:0}
.reactions{display:flex;gap:6px;flex-wrap:wrap;padding:0 20px 12px}.reactions span{border:1px solid var(--line);border-radius:20px;padding:1px 10px;font-size:.86rem;background:var(--sunken)}
.label{display:inline-flex;gap:5px;align-items:center;border:1px solid var(--line);border-radius:20px;padding:0 9px;font-size:.8rem;line-height:1.6;color:var(--ink)}.label svg{width:9px;height:9px;overflow:visible}
.md>:first-child{margin-top:0}.md>:last-child{margin-bottom:0}.md h1,.md h2{border-bottom:1px solid var(--line);padding-bottom:.25em;margin:1.3em 0 .6em}.md h1{font-size:1.5rem}.md h2{font-size:1.22rem}
.md img{max-width:100%;height:auto}.md table{border-collapse:collapse;display:block;max-width:100%;overflow-x:auto;margin:.8em 0}.md th,.md td{border:1px solid var(--line);padding:5px 12px}.md th{background:var(--sunken);text-align:left}
.md th[align=right]{text-align:right}.md th[align=center]{text-align:center}
.md code{background:var(--sunken);border-radius:5px;padding:.12em .38em}.md pre{background:var(--sunken);border-radius:8px;padding:13px 16px;overflow-x:auto;line-height:1.45}.md pre code{background:none;padding:0;font-size:1em}
.md blockquote{margin:.8em 0;padding:0 1em;color:var(--muted);border-left:4px solid var(--line)}.md details{margin:.7em 0}.md summary{cursor:pointer}.md hr{border:0;border-top:1px solid var(--line);margin:1.4em 0}
.md li{margin:.2em 0}.task-list-item{list-style:none;margin-left:-1.35em!important}.mention{font-weight:600;color:var(--ink)}.md kbd{border:1px solid var(--line);border-bottom-width:2px;border-radius:5px;padding:0 5px;font-size:.85em}
.alert{border-left:4px solid var(--accent);padding:2px 16px;margin:1em 0}.alert p{margin:.4em 0}.alert-title{font-weight:650}.alert-note,.alert-tip{background:var(--info-bg)}.alert-warning{background:var(--warn-bg);border-color:var(--warn)}
.alert-caution{background:var(--bad-bg);border-color:var(--bad)}.alert-important{background:var(--done-bg);border-color:var(--done)}
.line-add{color:var(--good)}.line-del{color:var(--bad)}.line-hunk{color:var(--done)}
.scroll{overflow-x:auto}table.lines{border-collapse:collapse;width:100%;font-family:var(--mono);font-size:12.5px;line-height:1.55}
.lines td{padding:0 10px;vertical-align:top;white-space:pre}.lines .no{width:1%;min-width:44px;text-align:right;color:var(--muted);user-select:none;border-right:1px solid var(--line)}.lines .no a{color:inherit}
.lines tr.add td{background:var(--good-bg)}.lines tr.del td{background:var(--bad-bg)}.lines tr.hunk td{background:var(--sunken);color:var(--muted)}.lines tr:target td{background:var(--warn-bg)}
.lines tr.note td{white-space:normal;padding:8px 12px;font:14px/1.5 system-ui,sans-serif;border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
.annotation{border-left:4px solid var(--calm);background:var(--sunken);padding:9px 14px;margin:0 0 10px;border-radius:0 7px 7px 0}.annotation.failure{border-color:var(--bad);background:var(--bad-bg)}.annotation.warning{border-color:var(--warn);background:var(--warn-bg)}.annotation.notice{border-color:var(--accent);background:var(--info-bg)}
.annotation p{margin:3px 0;white-space:pre-wrap}.annotation pre{overflow-x:auto;margin:6px 0 0}.annotation .where{font-size:.87rem}
.adds{color:var(--good)}.dels{color:var(--bad)}.checks{display:grid;grid-template-columns:280px minmax(0,1fr);gap:20px;align-items:start}.checks nav a{display:flex;gap:9px;padding:8px 12px;color:var(--ink)}.checks nav .grow{min-width:0}.checks nav .small{display:block}
.checks nav a[aria-current]{background:var(--sunken);font-weight:600}.checks nav a:hover{background:var(--sunken);text-decoration:none}figure{margin:14px 0}figure img{max-width:100%;border:1px solid var(--line);border-radius:8px;background:#fff}figcaption{color:var(--muted);font-size:.88rem}
.row{display:flex;gap:12px;align-items:center;flex-wrap:wrap;margin-bottom:14px}.row .grow{flex:1;min-width:0}.clone{background:var(--sunken);border-radius:7px;padding:5px 10px;font-family:var(--mono);font-size:.82rem;max-width:100%;overflow-wrap:anywhere}
dl.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 18px;margin:0}.facts dt{color:var(--muted)}.facts dd{margin:0;overflow-wrap:anywhere}
pre.raw{margin:0;padding:14px 16px;overflow:auto;max-height:70vh;font-size:12.5px;line-height:1.5}.filter{display:flex;gap:14px}.filter [aria-current]{color:var(--ink);font-weight:600}
@media(max-width:720px){.top{padding:10px 14px;gap:12px}.top nav{gap:12px;overflow-x:auto}.brand{font-size:.95rem}main{padding:16px 14px}.repo-head{padding:12px 14px 0}.split,.checks{grid-template-columns:minmax(0,1fr)}h1{font-size:1.3rem}.card>.body{padding:13px 14px}.list>li{padding:10px 12px}.lines td{padding:0 6px}footer{padding:8px 14px 30px}.top nav a:first-child{display:none}}
`.trim();
