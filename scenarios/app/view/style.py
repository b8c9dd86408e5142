"""Colours, sizes and the order of things, wide and narrow."""

COLOURS = ("#1f5fa8", "#b3470b", "#0b7a55")
"""Of policies A, B, C: told apart by those who see fewer colours, and dark enough on white."""

CSS = """
:root{--ink:#1c2430;--soft:#4a5666;--line:#c8d0da;--back:#f4f6f9;--mark:#1f5fa8}
body{color:var(--ink);background:var(--back)}
.nicegui-content{padding:0!important;align-items:stretch!important;gap:0!important}
.plaza-head{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:center;padding:.6rem 1rem;
background:#fff;border-bottom:1px solid var(--line)}
.plaza-head h1{font-size:1.15rem;font-weight:700;line-height:1.3;margin:0 auto 0 0}
.plaza-body{display:grid;grid-template-columns:minmax(0,21rem) minmax(0,1fr);gap:1rem;
padding:1rem;max-width:96rem;width:100%;margin:0 auto;box-sizing:border-box}
@media (max-width:800px){.plaza-body{grid-template-columns:minmax(0,1fr);padding:.6rem}}
.plaza-side,.plaza-main{display:flex;flex-direction:column;gap:.8rem;min-width:0}
.plaza-card{background:#fff;border:1px solid var(--line);border-radius:.5rem;padding:.8rem;
display:flex;flex-direction:column;gap:.55rem;min-width:0}
.plaza-card h2{font-size:1rem;font-weight:700;line-height:1.35;margin:0}
.plaza-card h3{font-size:.95rem;font-weight:700;line-height:1.35;margin:0}
.plaza-a{border-left:5px solid #1f5fa8}.plaza-b{border-left:5px solid #b3470b}
.plaza-c{border-left:5px solid #0b7a55}
.plaza-dial{display:grid;grid-template-columns:1fr auto;gap:0 .5rem;font-size:.9rem}
.plaza-value{font-variant-numeric:tabular-nums;font-weight:600}
.plaza-dial input{grid-column:1/3;width:100%;accent-color:var(--mark);min-height:1.6rem}
.plaza-choice{display:flex;flex-direction:column;gap:.15rem;font-size:.9rem}
.plaza-choice select,.plaza-choice input{border:1px solid #76808d;border-radius:.3rem;
padding:.35rem .4rem;background:#fff;color:var(--ink);font:inherit;width:100%;min-width:0}
.plaza-button{border:1px solid var(--mark);color:var(--mark);background:#fff;border-radius:.35rem;
padding:.35rem .7rem;font:inherit;font-size:.9rem;cursor:pointer}
.plaza-button:hover{background:#e8f0fa}.plaza-button:disabled{color:#5d6875;border-color:#9aa4b0;
cursor:default;background:#fff}
.plaza-main-button,.plaza-button[aria-current=page]{background:var(--mark);color:#fff}
.plaza-main-button:hover{background:#174a85}
:is(.plaza-button,select,input,summary,a,[tabindex]):focus-visible{outline:3px solid #d98200;
outline-offset:2px}
.plaza-row{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end}
.plaza-soft{color:var(--soft);font-size:.88rem;margin:0}
.plaza-warn{color:#8a3b00;font-size:.88rem;margin:0}.plaza-error{color:#a31621;font-size:.9rem;
margin:0}
.plaza-lines{display:grid;grid-template-columns:minmax(0,15rem) minmax(0,1fr);gap:.35rem .9rem;
margin:0}
.plaza-lines dt{font-weight:600}.plaza-lines dd{margin:0}
.plaza-lines dd:first-of-type{font-weight:700}
@media (max-width:800px){.plaza-lines{grid-template-columns:minmax(0,1fr)}
.plaza-lines dd{margin-bottom:.4rem}}
.plaza-scroll{overflow-x:auto;max-width:100%}
.plaza-table{border-collapse:collapse;font-size:.88rem;width:100%}
.plaza-table th,.plaza-table td{border-bottom:1px solid var(--line);padding:.3rem .45rem;
text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.plaza-table td{white-space:pre}.plaza-table thead th{white-space:normal;vertical-align:bottom}
.plaza-table th:first-child,.plaza-table td:first-child{text-align:left;white-space:normal;
min-width:7em}
@media (max-width:500px){.plaza-table{font-size:.78rem}.plaza-table td{white-space:pre-line}
.plaza-table :is(th,td){padding:.3rem .2rem}.plaza-table :is(th,td):first-child{min-width:5em}}
.plaza-charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));
gap:.8rem}
.plaza-chart{height:15rem;width:100%}
.plaza-code{white-space:pre-wrap;overflow-wrap:anywhere;
font-size:.82rem;background:var(--back);padding:.6rem;border-radius:.3rem;max-height:22rem;
overflow:auto;margin:0}
.plaza-progress{height:.5rem;width:100%;accent-color:var(--mark)}
.plaza-legend{display:flex;flex-wrap:wrap;gap:.2rem .9rem;font-size:.85rem;list-style:none;
padding:0;margin:0}
.plaza-dot{display:inline-block;width:.75rem;height:.75rem;border-radius:50%;margin-right:.3rem}
.plaza-more :is(.plaza-choice,.plaza-dial,.plaza-button){margin-top:.55rem}
.plaza-choice select,.plaza-choice input{box-sizing:border-box}
.plaza-diary{padding-left:1.2rem;font-size:.88rem;max-height:26rem;overflow:auto;margin:0}
summary{cursor:pointer;font-weight:600;display:list-item;list-style:disclosure-closed inside}
details[open]>summary{list-style-type:disclosure-open}
.plaza-bar{display:none}
@media (max-width:800px){.plaza-bar{display:block;position:sticky;bottom:0;background:#fff;
border-top:2px solid var(--mark);padding:.5rem .8rem;color:var(--ink);font-weight:600;z-index:5;
text-decoration:none;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;
overflow:hidden;padding-bottom:0;border-bottom:.4rem solid #fff}}
a.plaza-link{color:var(--mark);text-decoration:underline}
"""
