"""``python -m rcommerce_helpers``: the same as ``rcommerce``, where its folder of programs is not on the path."""

from rcommerce_helpers.cli import main

if __name__ == "__main__":
    main()
