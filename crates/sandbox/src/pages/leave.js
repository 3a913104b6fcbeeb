for (const link of document.querySelectorAll("[data-leaves]")) {
  link.addEventListener("click", () =>
    setTimeout(() => {
      document.getElementById("here").hidden = true;
      const gone = document.getElementById("gone");
      gone.hidden = false;
      gone.querySelector("h1").textContent = link.dataset.leaves;
      document.title = link.dataset.leaves;
    }, 300),
  );
}
