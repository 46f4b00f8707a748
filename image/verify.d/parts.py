"""The parts, in the order in which they run."""

from part_boards import boards
from part_boot import boot
from part_card import card
from part_cuts import cuts
from part_pair import pair, renew
from part_update import update

ALL = {
    "boot": boot,
    "card": card,
    "update": update,
    "pair": pair,
    "renew": renew,
    "cuts": cuts,
    "boards": boards,
}
