/**
 * The only style of the page: nothing is loaded. Pictures paint a white ground; on a dark page they are turned over,
 * with the hues kept.
 */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1f2328;--soft:#59636e;--line:#d1d9e0;--band:#f6f8fa;--link:#0969da;
--pass:#1a7f37;--fail:#cf222e;--needs-approval:#9a6700;--no-gates:#59636e}
@media (prefers-color-scheme:dark){:root{--ground:#0d1117;--text:#f0f6fc;--soft:#9198a1;--line:#3d444d;--band:#151b23;--link:#4493f8;
--pass:#3fb950;--fail:#f85149;--needs-approval:#d29922;--no-gates:#9198a1}
figure svg{filter:invert(.93) hue-rotate(180deg)}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif}
.page{max-width:1180px;margin:0 auto;padding:16px 20px 64px}
header{border-left:6px solid var(--standing);padding:4px 0 4px 16px;margin:12px 0 20px}
h1{font-size:1.5rem;line-height:1.25;margin:0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:40px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--line)}
h2 a{color:inherit;text-decoration:none}h2 a:hover{text-decoration:underline}
a{color:var(--link)}
p{margin:0 0 12px;overflow-wrap:anywhere}
.note{border-left:4px solid var(--needs-approval);padding:4px 12px;color:var(--soft)}
nav ul{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;padding:0;margin:0 0 20px}
code{font:.88em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--band);border-radius:4px;padding:.1em .35em;overflow-wrap:anywhere}
td code,th code{overflow-wrap:normal}
pre{font:.88em/1.35 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--band);border-radius:6px;padding:10px 12px;margin:0 0 12px;overflow-x:auto}
.f{white-space:nowrap;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;margin:0 0 12px}
.scroll:focus-visible{outline:2px solid var(--link)}
table{border-collapse:collapse;font-size:.92rem}
caption{text-align:left;color:var(--soft);font-size:.88rem;padding:0 0 4px}
th,td{border:1px solid var(--line);padding:5px 10px;text-align:left;vertical-align:top}
td,tbody th{overflow-wrap:break-word;max-width:36rem}
tbody th{font-weight:400}
thead th,thead td{background:var(--band);font-weight:600}
.n{text-align:right}
tbody tr:nth-child(even){background:var(--band)}
details{margin:0 0 10px}
summary{cursor:pointer;padding:3px 0;overflow-wrap:anywhere}
details[open]>summary{margin-bottom:6px}
ul{padding-left:22px;margin:0 0 12px}li{overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:16px;margin:0 0 16px}
figure{margin:0}figure svg{display:block;width:100%;height:auto}
figcaption{color:var(--soft);font-size:.88rem;margin-top:4px}
footer{color:var(--soft);font-size:.88rem;margin-top:48px}
@media (max-width:600px){.page{padding:8px 12px 40px}th,td{padding:4px 7px}h1{font-size:1.25rem}}
@media print{:root{--ground:#fff;--text:#000;--soft:#444;--line:#bbb;--band:#f4f4f4;--link:#000}
body{font-size:10pt}.page{max-width:none;padding:0}nav{display:none}.scroll{overflow:visible}table{font-size:8.5pt}
figure svg{filter:none}figure,tr{break-inside:avoid}h2{break-after:avoid}details::details-content{content-visibility:visible;display:block}}
`.trim();
