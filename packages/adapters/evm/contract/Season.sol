// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// Tokens that are minted in batches for the author of a prompt, and revealed later, for good.
contract Season is ERC721, AccessControl, IERC4906 {
    bytes32 public constant KEEPER_ROLE = keccak256("KEEPER_ROLE");
    uint256 public constant MAX_BATCH_SIZE = 50;

    uint256 public immutable mintPrice;
    uint256 public nextTokenId = 1;
    mapping(uint256 tokenId => address author) public tokenPromptAuthor;
    mapping(uint256 tokenId => bool) public isRevealed;
    mapping(uint256 tokenId => string) private _revealedURI;
    string private _placeholderURI;

    event BatchMinted(
        address indexed minter,
        address indexed promptAuthor,
        uint256 indexed startTokenId,
        uint256 quantity,
        uint256 totalPaid
    );
    event TokensRevealed(uint256[] tokenIds);

    error AlreadyRevealed(uint256 tokenId);
    error ExceedsMaxBatchSize();
    error InsufficientPayment();
    error InvalidAuthor();
    error InvalidQuantity();
    error LengthMismatch();
    error TransferFailed();

    constructor(string memory placeholderURI, uint256 price, address keeper) ERC721("Indelible Season", "SEASON") {
        _placeholderURI = placeholderURI;
        mintPrice = price;
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
        _grantRole(KEEPER_ROLE, keeper);
    }

    /// The minter gets the tokens; what was paid beyond the price stays here too, and the event says how much it was.
    function mint(address author, uint256 quantity) external payable {
        if (author == address(0)) revert InvalidAuthor(); // which is how tokenPromptAuthor says that there is no token
        if (quantity == 0) revert InvalidQuantity();
        if (quantity > MAX_BATCH_SIZE) revert ExceedsMaxBatchSize();
        if (msg.value < mintPrice * quantity) revert InsufficientPayment();
        uint256 start = nextTokenId;
        nextTokenId = start + quantity;
        for (uint256 id = start; id < start + quantity; ++id) {
            tokenPromptAuthor[id] = author;
            _mint(msg.sender, id); // not _safeMint: nobody else's code runs in the middle of a batch
        }
        emit BatchMinted(msg.sender, author, start, quantity, msg.value);
    }

    /// All of them or, where one does not exist or was revealed before, none.
    function revealTokens(uint256[] calldata tokenIds, string[] calldata uris) external {
        if (!hasRole(DEFAULT_ADMIN_ROLE, msg.sender)) _checkRole(KEEPER_ROLE);
        if (tokenIds.length != uris.length) revert LengthMismatch();
        if (tokenIds.length == 0) revert InvalidQuantity();
        bool isRange = tokenIds.length > 1;
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            uint256 id = tokenIds[i];
            _requireOwned(id);
            if (isRevealed[id]) revert AlreadyRevealed(id);
            isRevealed[id] = true;
            _revealedURI[id] = uris[i];
            isRange = isRange && id == tokenIds[0] + i;
        }
        emit TokensRevealed(tokenIds);
        if (isRange) {
            emit BatchMetadataUpdate(tokenIds[0], tokenIds[tokenIds.length - 1]);
        } else {
            for (uint256 i = 0; i < tokenIds.length; ++i) emit MetadataUpdate(tokenIds[i]);
        }
    }

    function withdraw(address payable to) external onlyRole(DEFAULT_ADMIN_ROLE) {
        (bool isDone, ) = to.call{value: address(this).balance}("");
        if (!isDone) revert TransferFailed();
    }

    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        _requireOwned(tokenId);
        return isRevealed[tokenId] ? _revealedURI[tokenId] : _placeholderURI;
    }

    function supportsInterface(bytes4 id) public view override(ERC721, AccessControl, IERC165) returns (bool) {
        return id == 0x49064906 || ERC721.supportsInterface(id) || AccessControl.supportsInterface(id); // ERC-4906
    }
}
