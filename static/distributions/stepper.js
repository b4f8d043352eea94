// The steps are one scrolling row on a narrow screen: bring the current one into it.

document.querySelector("[data-steps] [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
