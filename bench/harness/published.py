"""Figures of others that stand beside ours. They are of other machines: read the order of magnitude."""

# The projected limit (santacml/pilim: infinite networks whose weights are projected to r = 200 random directions), float32,
# batch 32, one thread of two cores of an AMD EPYC (Zen 3): milliseconds a step, median over steps 1-10, 45-55, 95-105
# and 190-200, by the number of hidden layers.
PROJECTED_LIMIT_MILLISECONDS = {
    2: {"1-10": 5.33, "45-55": 13.76, "95-105": 17.06, "190-200": 30.53},
    3: {"1-10": 7.12, "45-55": 16.68, "95-105": 27.39, "190-200": 74.82},
}

# The neural tangent kernel of a network with 21 layers: seconds an entry. Quoted, not measured here; what the layers of
# that network were besides their number was not checked.
KERNEL_SECONDS = {"an NVIDIA V100": 4.65e-6, "a CPU": 0.12e-3}
