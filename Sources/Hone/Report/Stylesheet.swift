/// The one style sheet of all reports: light and dark, phone and desktop, colours told apart by everyone.
///
/// Blue helps, orange hurts, grey cannot be told (Okabe and Ito's pair); every colour is accompanied by a word.
enum Stylesheet {
  static let css = """
    :root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--faint:#e7eaee;--line:#d3d9e0;--page:#fbfbfa;--card:#fff;
    --good:#0b64a8;--bad:#b8500a;--none:#8a939d;--good-tint:#e3eef7;--bad-tint:#faeadd;--none-tint:#eef0f2;--accent:#0b64a8;
    --second:#b8500a;--heat:11,100,168;--miss:184,80,10}
    @media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a3adb8;--faint:#2b3138;--line:#3a424b;--page:#14171a;
    --card:#1c2024;--good:#63b3ee;--bad:#f0954a;--none:#8b95a0;--good-tint:#17324a;--bad-tint:#442a14;--none-tint:#2a3036;
    --accent:#63b3ee;--second:#f0954a;--heat:74,158,222;--miss:240,149,74}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
    font-variant-numeric:tabular-nums lining-nums}
    main{max-width:68rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
    header .kicker{color:var(--soft);font-size:.9rem;margin:0 0 .5rem;overflow-wrap:anywhere}
    h1{font-size:clamp(1.5rem,1.1rem + 1.9vw,2.3rem);line-height:1.22;letter-spacing:-.015em;margin:0 0 .9rem;max-width:34em;text-wrap:balance}
    h1 em{font-style:normal;color:var(--good)}
    .lead{font-size:1.08rem;color:var(--soft);max-width:44em;margin:0}
    section{margin-top:3rem}
    h2{font-size:1.3rem;letter-spacing:-.01em;margin:0 0 .35rem}
    h3{font-size:1rem;margin:1.4rem 0 .5rem}
    p.note{color:var(--soft);margin:.1rem 0 1rem;max-width:46em;font-size:.95rem}
    .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1px;background:var(--card);border:1px solid var(--line);
    border-radius:.7rem;overflow:hidden;margin:1.8rem 0 0}
    .facts div{box-shadow:0 0 0 1px var(--line);padding:.8rem 1rem}
    .facts dt{color:var(--soft);font-size:.82rem}
    .facts dd{margin:.1rem 0 0;font-size:1.22rem;font-weight:600;line-height:1.25}
    .facts small{display:block;font-size:.8rem;font-weight:400;color:var(--soft)}
    .card{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:1rem 1.1rem}
    .effects{display:grid;grid-template-columns:minmax(11rem,17rem) 1fr minmax(14rem,auto);column-gap:1.2rem}
    .effects .family{grid-column:1/-1;font-weight:650;font-size:.92rem;padding:1.1rem 0 .3rem;border-bottom:1px solid var(--line)}
    .effects .family:first-child{padding-top:.2rem}
    .row{display:grid;grid-column:1/-1;grid-template-columns:subgrid;align-items:center;padding:.5rem 0;border-bottom:1px solid var(--faint)}
    .row .name{line-height:1.3;overflow-wrap:anywhere}
    .row .name small{display:block;color:var(--soft);font-size:.8rem}
    .kept::after{content:"kept";font-size:.7rem;font-weight:600;color:var(--good);border:1px solid currentColor;border-radius:1rem;
    padding:.02rem .42rem;margin-left:.45rem;vertical-align:.1em}
    .bar{position:relative;height:1.9rem}
    .bar i{position:absolute;display:block}
    .bar .zero{top:-.55rem;bottom:-.55rem;width:0;border-left:1.5px solid var(--soft);opacity:.55}
    .bar .grid{top:-.55rem;bottom:-.55rem;width:0;border-left:1px solid var(--faint)}
    .bar .fill{top:.45rem;height:1rem;border-radius:2px}
    .bar .span{top:calc(.95rem - 1px);height:2px;background:var(--ink)}
    .bar .end{top:.6rem;height:.7rem;width:2px;margin-left:-1px;background:var(--ink)}
    .fill{opacity:.72}.helps .fill{background:var(--good)}.hurts .fill{background:var(--bad)}.indistinguishable .fill{background:var(--none);opacity:.5}
    .value{display:grid;grid-template-columns:3.6rem 1fr;column-gap:.7rem;align-items:center;font-size:.9rem}
    .value b{font-size:1.05rem;text-align:right}
    .value .what{line-height:1.3}
    .value small{color:var(--soft);font-size:.8rem}
    .tag{display:inline-block;font-size:.78rem;font-weight:600;border-radius:1rem;padding:.05rem .55rem}
    .tag.helps{background:var(--good-tint);color:var(--good)}.tag.hurts{background:var(--bad-tint);color:var(--bad)}
    .tag.indistinguishable,.tag.notMeasured{background:var(--none-tint);color:var(--soft)}
    .axis{position:relative;height:1.3rem;font-size:.78rem;color:var(--soft)}
    .axis span{position:absolute;transform:translateX(-50%);white-space:nowrap}
    .axisrow{display:grid;grid-column:1/-1;grid-template-columns:subgrid;align-items:end;color:var(--soft);font-size:.8rem}
    .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem}
    .charts figure,.gallery figure{margin:0}
    figcaption{font-weight:600;font-size:.95rem;margin-bottom:.3rem}
    svg{display:block;width:100%;height:auto;overflow:visible}
    svg text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--soft);font-variant-numeric:tabular-nums}
    svg .gridline{stroke:var(--faint);stroke-width:1}
    svg .axisline{stroke:var(--line);stroke-width:1}
    svg path{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
    svg .first{stroke:var(--accent)}svg .second{stroke:var(--second)}
    svg text.first{fill:var(--accent);stroke:none;font-weight:600}svg text.second{fill:var(--second);stroke:none;font-weight:600}
    svg circle.first{fill:var(--accent);stroke:none}svg circle.second{fill:var(--second);stroke:none}
    .scroll{overflow-x:auto;max-width:100%}
    table{border-collapse:collapse;font-size:.92rem}
    table.plain th,table.plain td{padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--faint);text-align:right;white-space:nowrap}
    table.plain th:first-child,table.plain td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere}
    table.plain th{color:var(--soft);font-weight:500;font-size:.84rem;vertical-align:bottom}
    table.confusion td,table.confusion th{padding:0;font-weight:500}
    table.confusion td{width:4.4rem;min-width:2.6rem;height:2.6rem;text-align:center;border:2px solid var(--card);border-radius:5px}
    table.confusion th{font-size:.84rem;color:var(--soft);max-width:9rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
    table.confusion th[scope=row]{text-align:right;padding-right:.6rem}
    table.confusion th[scope=col]{padding:0 .2rem .3rem;max-width:5.5rem}
    table.confusion.small td{min-width:.8rem;width:.8rem;height:.8rem;border-width:1px;font-size:0}
    table.confusion .zero{color:var(--soft);opacity:.45}
    .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.6rem,1fr));gap:1rem}
    .gallery img,.strip img{display:block;width:100%;aspect-ratio:1;object-fit:contain;background:var(--faint);border-radius:.45rem}
    .pixel{image-rendering:pixelated}
    .gallery figcaption{font-weight:400;font-size:.86rem;line-height:1.35;margin:.4rem 0 0;overflow-wrap:anywhere}
    .gallery figcaption small{color:var(--soft);display:block;font-size:.76rem}
    .said{color:var(--bad);font-weight:600}.was{font-weight:600}
    .strips{display:grid;gap:.6rem}
    .strip{display:grid;grid-template-columns:repeat(var(--columns),minmax(0,1fr));gap:.4rem;align-items:start}
    .strip figure{margin:0}
    .strip figure:first-child{border-right:1px solid var(--line);padding-right:.4rem}
    .names{font-size:.84rem;line-height:1.9;margin:.2rem 0 .9rem}.names a{color:var(--accent);text-decoration:none;margin-right:.5rem;white-space:nowrap}
    .transforms{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,27rem),1fr));gap:1rem;align-items:start}
    .transform h3{margin:0;scroll-margin-top:1rem}.transform h3 small{float:right;font-weight:400;color:var(--soft)}
    .transform p{margin:.1rem 0 .6rem}.transform p.note{font-size:.84rem;margin:.5rem 0 0;max-width:none;overflow-wrap:anywhere}
    .transform .strip figcaption{font-weight:400;font-size:.76rem;line-height:1.3;color:var(--soft);margin:.3rem 0 0;overflow-wrap:anywhere}
    pre{background:var(--faint);border-radius:.5rem;padding:.7rem .9rem;overflow-x:auto;font:.86rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;margin:.3rem 0 1rem}
    code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
    details summary{cursor:pointer;color:var(--accent)}
    details ul{margin:.4rem 0;padding-left:1.2rem}
    li{overflow-wrap:anywhere}
    .meter{display:inline-block;vertical-align:middle;height:.55rem;border-radius:2px;background:var(--accent);opacity:.8;min-width:2px}
    footer{margin-top:3.5rem;border-top:1px solid var(--line);padding-top:1rem;color:var(--soft);font-size:.86rem}
    @media (max-width:46rem){main{padding:1.5rem 1rem 3rem}section{margin-top:2.3rem}
    .effects{grid-template-columns:1fr}.axisrow .side{display:none}
    .bar.none,.notMeasured .value b{display:none}.row{row-gap:.15rem;padding:.75rem 0}.value{grid-template-columns:3.4rem 1fr}.value b{text-align:left}
    .bar .zero,.bar .grid{top:-.1rem;bottom:-.1rem}
    .gallery{grid-template-columns:repeat(auto-fill,minmax(7rem,1fr));gap:.8rem}
    .facts{grid-template-columns:1fr 1fr}.facts dd{font-size:1.08rem}
    table.confusion td{min-width:2.1rem;height:2.1rem;font-size:.84rem}table.confusion th{max-width:5.4rem}}
    @media print{body{background:#fff}.card,.facts div{break-inside:avoid}}
    """
}
