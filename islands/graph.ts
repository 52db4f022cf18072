/* The account-trace graph of a case, drawn by sigma.js. The page has the same as a table; nothing needs this file. */
import Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";
import Sigma from "sigma";

interface Value {
  number: number;
  name: string;
  family: string;
  members: number;
}

interface Drawing {
  case: number;
  accounts: string[];
  standings: string[];
  values: Value[];
  ties: [number, number][];
}

const FAMILIES: Record<string, string> = {
  identity: "--alarm",
  infrastructure: "--accent",
  client: "--edge",
  content: "--ink",
  tempo: "--soft",
};
const TURN = 2 * Math.PI;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "#888888";
}

/** Values stand on a small ring and accounts on a large one, in the order they came: the layout starts the same always. */
function laidOut(drawing: Drawing): Graph {
  const graph = new Graph({ type: "undirected" });
  drawing.values.forEach((value, i) => {
    const angle = (TURN * i) / drawing.values.length;
    graph.addNode(`v${i}`, {
      x: 10 * Math.cos(angle),
      y: 10 * Math.sin(angle),
      size: 2 + 1.6 * Math.log2(1 + value.members),
      label: `${value.name} ${value.number} (${value.members})`,
      color: colour(FAMILIES[value.family] ?? "--edge"),
      forceLabel: i < 6,
    });
  });
  drawing.accounts.forEach((account, i) => {
    const angle = (TURN * i) / drawing.accounts.length;
    const standing = drawing.standings[i] ?? "open";
    graph.addNode(`a${i}`, {
      x: 100 * Math.cos(angle),
      y: 100 * Math.sin(angle),
      size: 2.5,
      label: `${account}, ${standing}`,
      color: colour(standing === "innocent" ? "--accent" : "--soft"),
    });
  });
  for (const [account, value] of drawing.ties) {
    graph.mergeEdge(`a${account}`, `v${value}`, { color: colour("--line"), size: 0.4 });
  }
  const iterations = Math.max(40, Math.min(200, Math.round(60_000 / graph.order)));
  forceAtlas2.assign(graph, { iterations, settings: { ...forceAtlas2.inferSettings(graph), linLogMode: true } });
  return graph;
}

function address(drawing: Drawing, node: string): string {
  const i = Number(node.slice(1));
  const path = `/cases/${drawing.case}/graph`;
  return node.startsWith("a")
    ? `${path}?account=${encodeURIComponent(drawing.accounts[i] ?? "")}`
    : `${path}?value=${drawing.values[i]?.number ?? ""}`;
}

function draw(place: HTMLElement, drawing: Drawing): void {
  place.hidden = false;
  const graph = laidOut(drawing);
  let pointed: string | null = null;
  const sigma = new Sigma(graph, place, {
    labelColor: { color: colour("--ink") },
    labelFont: "system-ui, sans-serif",
    labelSize: 13,
    labelRenderedSizeThreshold: 14,
    defaultDrawNodeHover: (context, data) => {
      const text = String(data.label ?? "");
      context.font = "600 13px system-ui, sans-serif";
      const width = context.measureText(text).width;
      context.fillStyle = colour("--card");
      context.fillRect(data.x + data.size + 1, data.y - 11, width + 10, 22);
      context.fillStyle = colour("--ink");
      context.fillText(text, data.x + data.size + 6, data.y + 4);
    },
    nodeReducer: (node, data) =>
      pointed === null || node === pointed || graph.areNeighbors(node, pointed)
        ? data
        : { ...data, color: colour("--line"), label: null, forceLabel: false },
    edgeReducer: (edge, data) =>
      pointed === null
        ? data
        : graph.hasExtremity(edge, pointed)
          ? { ...data, color: colour("--accent"), size: 1.5 }
          : { ...data, hidden: true },
  });
  const point = (node: string | null): void => {
    pointed = node;
    sigma.refresh({ skipIndexation: true });
  };
  sigma.on("enterNode", ({ node }) => point(node));
  sigma.on("leaveNode", () => point(null));
  sigma.on("clickNode", ({ node }) => window.location.assign(address(drawing, node)));
  place.dataset["drawn"] = String(graph.order);
}

const place = document.getElementById("graph");
const data = document.getElementById("graph-data");
if (place !== null && data !== null) {
  if (document.createElement("canvas").getContext("webgl2") !== null) {
    draw(place, JSON.parse(data.textContent ?? "") as Drawing);
  } else {
    place.remove();
    const says = document.querySelector("[data-graph-says]");
    if (says !== null) says.textContent = "This browser cannot draw the graph, which needs WebGL. The table below shows the same data.";
  }
}
